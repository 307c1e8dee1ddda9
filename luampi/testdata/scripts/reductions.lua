-- Reductions of every op on every type against the same fold in plain Lua.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size

local function bits(f)
  return function(a, b)
    local r, p = 0, 1
    for _ = 1, 8 do
      local x, y = a % 2, b % 2
      if f(x, y) then r = r + p end
      a, b, p = (a - x) / 2, (b - y) / 2, p * 2
    end
    return r
  end
end
local ops = {
  SUM = function(a, b) return a + b end, PROD = function(a, b) return a * b end,
  MAX = math.max, MIN = math.min,
  LAND = function(a, b) return (a ~= 0 and b ~= 0) and 1 or 0 end,
  LOR = function(a, b) return (a ~= 0 or b ~= 0) and 1 or 0 end,
  LXOR = function(a, b) return ((a ~= 0) ~= (b ~= 0)) and 1 or 0 end,
  BAND = bits(function(x, y) return x == 1 and y == 1 end),
  BOR = bits(function(x, y) return x == 1 or y == 1 end),
  BXOR = bits(function(x, y) return x ~= y end),
}
local floats = {SUM = true, PROD = true, MAX = true, MIN = true}
local function input(r) return function(i) return (r * 2 + i) % 4 end end -- small: products fit into int8
local function fold(op, first, last) -- element i of ranks first to last
  return function(i)
    local v = input(first)(i)
    for r = first + 1, last do v = ops[op](v, input(r)(i)) end
    return v
  end
end
local function starting(name)
  return function(...)
    local r, out = mpi["I" .. name:sub(1, 1):lower() .. name:sub(2)](...)
    mpi.Wait(r)
    return out
  end
end
local function blocking(name) return mpi[name] end

for _, form in ipairs{blocking, starting} do
  check.both(function()
    for _, typ in ipairs(check.real) do
      for op in pairs(ops) do
        if floats[op] or not typ:find("float") then
          for _, n in ipairs(check.lengths) do
            local a = check.make(n, typ, input(rank))
            local all = fold(op, 0, size - 1)
            for root = 0, size - 1 do
              local into = rank == root and array.zeros(n, typ) or nil
              form("Reduce")(a, into, mpi[op], root)
              if rank == root then check.elements(into, n, all, "Reduce", typ, op, n, root) end
            end
            local into = array.zeros(n, typ)
            form("Allreduce")(a, into, mpi[op])
            check.elements(into, n, all, "Allreduce", typ, op, n)
            check.elements(form("Allreduce")(a, mpi[op], comm), n, all, "Allreduce made", typ, op, n)
            local same = a:copy()
            form("Allreduce")(mpi.IN_PLACE, same, mpi[op])
            check.elements(same, n, all, "Allreduce in place", typ, op, n)
            form("Scan")(a, into, mpi[op])
            check.elements(into, n, fold(op, 0, rank), "Scan", typ, op, n)
            form("Exscan")(a, into, mpi[op])
            if rank > 0 then check.elements(into, n, fold(op, 0, rank - 1), "Exscan", typ, op, n) end
            -- rank r gets part r of the reduction of size parts
            local long = check.make(n * size, typ, input(rank))
            local part = form("Reduce_scatter_block")(long, mpi[op])
            check.elements(part, n, function(i) return all(n * rank + i) end, "Reduce_scatter_block", typ, op, n)
            local counts, at = {}, 0
            for r = 0, size - 1 do counts[r + 1] = r == 0 and n * size or 0 end
            local part = form("Reduce_scatter")(long, counts, mpi[op])
            check.elements(part, rank == 0 and n * size or 0, all, "Reduce_scatter", typ, op, n)
          end
        end
      end
    end
  end)
end
for _, typ in ipairs{"complex64", "complex128"} do
  local a = check.make(3, typ, function(i) return array.complex(rank, i) end)
  local s = mpi.Allreduce(a, mpi.SUM)
  check.elements(s, 3, function(i) return array.complex(size * (size - 1) / 2, size * i) end, typ)
end
local flags = array.from({rank == 0, true, false}, "bool")
check.eq(mpi.Allreduce(flags, mpi.LAND):totable(), {size == 1, true, false})
check.eq(mpi.Allreduce(flags, mpi.LOR):totable(), {true, true, false})

-- numbers and booleans
local sum = size * (size - 1) / 2
for root = 0, size - 1 do
  local s = mpi.Reduce(rank, mpi.SUM, root, comm)
  if rank == root then check.eq(s, sum) else check.eq(s, nil) end
end
check.eq(mpi.Allreduce(rank + 0.5, mpi.MAX), size - 0.5)
check.eq(mpi.Allreduce(2^rank, mpi.BOR), 2^size - 1)
check.eq(mpi.Allreduce(rank == 0, mpi.LOR), true)
check.eq(mpi.Allreduce(rank == 0, mpi.LAND), size == 1)
check.eq(mpi.Scan(1, mpi.SUM), rank + 1)
if rank == 0 then check.eq(mpi.Exscan(1, mpi.SUM), nil) else check.eq(mpi.Exscan(1, mpi.SUM), rank) end

-- a matrix keeps its shape
local m = mpi.Allreduce(array.matrix(2, 3), mpi.SUM)
check.eq(tostring(m):find("2x3") ~= nil, true)

-- local reductions
local b = array.from{1, 2, 3}
mpi.Reduce_local(array.from{10, 20, 30}, b, mpi.SUM)
check.eq(b:totable(), {11, 22, 33})
check.eq(mpi.Op_commutative(mpi.SUM), true)
