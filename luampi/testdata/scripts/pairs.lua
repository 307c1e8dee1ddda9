-- MAXLOC and MINLOC on pairs of a value and where it is.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size

local function value(r, k) return (r * 7 + k * k * 5 + r * k) % 6 - 2 end -- with ties
-- what plain Lua finds: the best value, and of those that have it the lowest rank
local function best(k, better)
  local v, where = value(0, k), 0
  for r = 1, size - 1 do
    if better(value(r, k), v) then v, where = value(r, k), r end
  end
  return v, where
end
local ops = {MAXLOC = function(a, b) return a > b end, MINLOC = function(a, b) return a < b end}

local n = 20
for name, better in pairs(ops) do
  -- two ints: pairs of elements of an int32 array
  local mine, all = array.zeros(2 * n, "int32"), array.zeros(2 * n, "int32")
  for k = 1, n do mine[2 * k - 1], mine[2 * k] = value(rank, k), rank end
  check.both(function()
    all:fill(-99)
    mpi.Allreduce({mine, n, mpi.TWOINT}, {all, n, mpi.TWOINT}, mpi[name])
    for k = 1, n do check.eq({all[2 * k - 1], all[2 * k]}, {best(k, better)}, name, k) end
  end)
  mpi.Reduce({mine, n, mpi["2INT"]}, {all, n, mpi.TWOINT}, mpi[name], size - 1)

  -- a number and an int: bytes, in which the two are packed as C lays them out
  for _, kind in ipairs{{mpi.DOUBLE_INT, "float64", 8}, {mpi.FLOAT_INT, "float32", 4}, {mpi.LONG_INT, "int64", 8}} do
    local type, typ, at = kind[1], kind[2], kind[3]
    local _, extent = mpi.Type_get_extent(type)
    local from, into = array.zeros(n * extent, "uint8"), array.zeros(n * extent, "uint8")
    local v, i = array.zeros(1, typ), array.zeros(1, "int32")
    for k = 1, n do
      v[1], i[1] = value(rank, k) / (typ == "int64" and 1 or 4), rank
      mpi.Pack(v, from, (k - 1) * extent)
      mpi.Pack(i, from, (k - 1) * extent + at)
    end
    mpi.Allreduce({from, n, type}, {into, n, type}, mpi[name])
    for k = 1, n do
      mpi.Unpack(into, v, (k - 1) * extent)
      mpi.Unpack(into, i, (k - 1) * extent + at)
      local want, where = best(k, better)
      check.eq({v[1], i[1]}, {want / (typ == "int64" and 1 or 4), where}, name, typ, k)
    end
  end
  -- any values, in Lua
  local got = mpi.allreduce({value(rank, 3), rank}, function(a, b) return better(b[1], a[1]) and b or a end)
  check.eq(got, {best(3, better)})
end
check.fails("mpi.MAXLOC does not work on int32", mpi.Allreduce, array.zeros(2, "int32"), mpi.MAXLOC)

-- in place, parts of it
for name, better in pairs(ops) do
  local function fresh()
    local a = array.zeros(2 * size, "int32")
    for k = 1, size do a[2 * k - 1], a[2 * k] = value(rank, k), rank end
    return a
  end
  local counts = {}
  for r = 1, size do counts[r] = 1 end
  local a = fresh()
  mpi.Reduce_scatter_block(mpi.IN_PLACE, {a, size, mpi.TWOINT}, mpi[name])
  check.eq({a[1], a[2]}, {best(1 + rank, better)}, name, "block")
  a = fresh()
  mpi.Reduce_scatter(mpi.IN_PLACE, {a, size, mpi.TWOINT}, counts, mpi[name])
  check.eq({a[1], a[2]}, {best(1 + rank, better)}, name, "parts")
  local own = mpi.Op_create(function(x, y) return x end)
  check.fails("plain", mpi.Reduce_scatter_block, mpi.IN_PLACE, {a, size, mpi.TWOINT}, own)
end
