-- Ops written in Lua.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size

local function fold(f, first, last, value)
  local v = value(first)
  for r = first + 1, last do v = f(v, value(r)) end
  return v
end
-- associative, as every op must be, and not commutative: 12, 3 -> 123
local concat = mpi.Op_create(function(a, b) return a * 10 ^ #tostring(b) + b end, false)
check.eq(mpi.Op_commutative(concat), false)
local want = 0
for r = 1, size do want = want * 10 + r end
check.both(function()
  check.eq(mpi.Reduce(rank + 1, concat, 0), rank == 0 and want or nil)
  check.eq(mpi.Allreduce(rank + 1, concat), want)
  local r, out = mpi.Iallreduce(array.full(3, rank + 1), concat)
  mpi.Wait(r)
  check.eq(out:totable(), {want, want, want})
  local upto = 0
  for r = 1, rank + 1 do upto = upto * 10 + r end
  check.eq(mpi.Scan(rank + 1, concat), upto)
end)
for _, typ in ipairs(check.real) do
  local most = mpi.Op_create(math.max)
  check.eq(mpi.Op_commutative(most), true)
  local a = check.make(5, typ, function(i) return (rank * 7 + i) % 10 end)
  check.elements(mpi.Allreduce(a, most), 5, function(i)
    return fold(math.max, 0, size - 1, function(r) return (r * 7 + i) % 10 end)
  end, typ)
  most:free()
  check.fails("the op was freed", mpi.Allreduce, 1, most)
end

-- on whole arrays
local add = mpi.Op_create_array(function(inn, inout)
  for i = 1, #inn do inout[i] = inn[i] + inout[i] end
end)
check.eq(mpi.Allreduce(array.from{rank, 1}, add):totable(), {size * (size - 1) / 2, size})
local b = array.from{1, 2}
mpi.Reduce_local(array.from{1, 1}, b, add)
check.eq(b:totable(), {2, 3})

-- an error in the function is raised by the call that ran it
local bad = mpi.Op_create(function(a, b) error("no such luck") end)
if size > 1 then
  local ok, err = pcall(mpi.Allreduce, rank, bad)
  local failed = comm:allreduce(not ok, mpi.LOR)
  check.eq(failed, true)
  if not ok then assert(tostring(err):find("no such luck", 1, true), tostring(err)) end
else
  check.fails("no such luck", mpi.Reduce_local, array.from{1}, array.from{2}, bad)
end
local endless
endless = mpi.Op_create(function(a, b)
  local function deeper() return 1 + deeper() end
  return deeper()
end)
check.fails("ops.lua:57: stack overflow", mpi.Reduce_local, array.from{1}, array.from{2}, endless)
local by_coroutine = mpi.Op_create(function(a, b) return coroutine.wrap(function() return a + b end)() end)
local c = array.from{2}
mpi.Reduce_local(array.from{1}, c, by_coroutine)
check.eq(c[1], 3)
local worse = mpi.Op_create(function(a, b) return {} end)
check.fails("cannot hold", mpi.Reduce_local, array.from{1}, array.from{2}, worse)

-- an op may call into other modules, and many ops may exist one after another
for i = 1, 100 do
  local op = mpi.Op_create(function(a, b) return a + b + i end)
  mpi.Reduce_local(array.from{1}, array.from{2}, op)
  mpi.Op_free(op)
end
check.fails("mpi.SUM cannot be freed", mpi.Op_free, mpi.SUM)
check.fails("function expected", mpi.Op_create, 3)
mpi.Barrier()
