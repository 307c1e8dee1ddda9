-- What would reach beyond the memory of an array, or ask the library for what it does not survive, is refused.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size
local D = mpi.DOUBLE
local a, box = array.zeros(4), array.zeros(8 * 2049, "uint8")

-- places of types, and products of count and extent, that 64 bits do not hold
check.fails("no memory is that large", mpi.Type_contiguous, 2^11 + 1, mpi.Type_create_resized(D, 0, 2^53))
check.fails("no memory is that large", mpi.Type_vector, 2^31 - 1, 1, 2^31 - 1, D)
check.fails("no memory is that large", mpi.Type_create_hvector, 2049, 1, 2^53, D)
check.fails("no memory is that large", mpi.Type_indexed, {1, 2^31 - 1}, {0, 8}, mpi.Type_create_resized(D, 0, 2^53))
check.fails("no memory is that large", mpi.Type_create_indexed_block, 1, {0, 2^11, 1}, mpi.Type_create_resized(D, 0, 2^53))
check.fails("no memory is that large", mpi.Type_create_subarray, {2^31 - 1, 2^31 - 1}, {1, 1}, {0, 0}, mpi.ORDER_C, D)
check.fails("no memory is that large", mpi.Type_contiguous, 2^31 - 1, mpi.Type_contiguous(2^31 - 1, mpi.Type_create_resized(D, 0, 0)))
local far = mpi.Type_create_resized(D, 0, 2^53)
for _, make in ipairs{
  function() return mpi.Type_create_hindexed({2^12}, {0}, far) end,
  function() return mpi.Type_create_hindexed_block(2^12, {0}, far) end,
  function() return mpi.Type_create_struct({1, 2^12}, {0, 0}, {D, far}) end,
  function() return mpi.Type_create_darray(1, 0, {2^12}, {mpi.DISTRIBUTE_BLOCK}, {mpi.DISTRIBUTE_DFLT_DARG}, {1}, mpi.ORDER_C, far) end,
} do check.fails("no memory is that large", make) end
local wide = mpi.Type_create_resized(D, 0, 2^40):commit()
check.fails("of an array that has 32", mpi.Pack, {a, 2^24 + 1, wide}, box)
check.fails("of an array that has 32", mpi.Send, {a, 2^24 + 1, wide}, right)
local none = mpi.Type_create_resized(D, 0, 0):commit()
check.fails("more than MPI's counts hold", mpi.Pack, {a, 2^32 + 1, none}, box)
check.fails("more than MPI's counts hold", mpi.Send, {a, 2^31}, right)
check.fails("so many elements take more than", mpi.Pack_size, 2^31 - 1, D)
check.eq(mpi.Pack_size(3, D), 24)
local ones, types = {}, {}
for i = 1, size do ones[i], types[i] = 2^24 + 1, wide end
check.fails("reaches from byte", mpi.Alltoallw, a, ones, nil, types, a, ones, nil, types)
local empty = mpi.Type_create_struct({}, {}, {}):commit()
check.eq(mpi.Pack({array.zeros(4, "uint8"), 3, empty}, box), 0)

-- how a grid is dealt out
local function dealt(distribution, block, ranks, n)
  return mpi.Type_create_darray(ranks, 0, {n or 7}, {distribution}, {block}, {ranks}, mpi.ORDER_C, D)
end
check.fails("entry 1 is 0: 1 or more, or mpi.DISTRIBUTE_DFLT_DARG, expected", dealt, mpi.DISTRIBUTE_CYCLIC, 0, 2)
check.fails("entry 1 is 0: 1 or more expected", dealt, mpi.DISTRIBUTE_BLOCK, mpi.DISTRIBUTE_DFLT_DARG, 2, 0)
check.fails("has one rank", dealt, mpi.DISTRIBUTE_NONE, mpi.DISTRIBUTE_DFLT_DARG, 2)
check.fails("the product is 4", mpi.Type_create_darray, 2, 0, {4, 4}, {mpi.DISTRIBUTE_BLOCK, mpi.DISTRIBUTE_BLOCK},
  {mpi.DISTRIBUTE_DFLT_DARG, mpi.DISTRIBUTE_DFLT_DARG}, {2, 2}, mpi.ORDER_C, D)
check.eq(dealt(mpi.DISTRIBUTE_CYCLIC, 2^31 - 1, 2):size(), 56)

-- grids, graphs and groups
check.fails("does not fit into a communicator of " .. size, mpi.Cart_create, {2^31 - 1, 2^31 - 1}, {0, 0})
check.fails("does not fit into a communicator of " .. size, mpi.Cart_create, {2^16, 2^16, 2^16, 2^16}, {0, 0, 0, 0})
check.fails("entry 1 is -1: 1 or more expected", mpi.Cart_map, {-1}, {0})
check.fails("node 5 is not in a graph of 1", mpi.Graph_create, {1}, {5})
check.fails("node -1 is not in a graph of 1", mpi.Graph_map, {1}, {-1})
local group = comm:group()
for _, wrong in ipairs{size, 2^31 - 1, -7, mpi.UNDEFINED} do
  check.fails("is not in a group of " .. size, group.translate_ranks, group, {wrong}, group)
end
check.eq(group:translate_ranks({0, mpi.PROC_NULL}, group), {0, mpi.PROC_NULL})

-- arrays that are made, and IN_PLACE
local huge = {}
for i = 1, size do huge[i] = 2^31 - 1 end
if size > 1 then check.fails("more than MPI's counts hold", mpi.Allgatherv, array.zeros(2^20), nil, huge) end
check.fails("array expected", mpi.Allgather, {a, 1, mpi.Type_vector(2, 1, 2, D):commit()})
check.eq(mpi.Allreduce({array.full(4, 1), 2, offset = 1}, mpi.SUM):totable(), {size, size})
local both = array.zeros(size)
for r = 1, size do both[r] = 100 * rank + r end
local request = mpi.Ialltoall(mpi.IN_PLACE, both)
request:wait()
check.elements(both, size, function(i) return 100 * (i - 1) + rank + 1 end)

-- what a library says of a window is an error, and after it all is as before
local win = mpi.Win_allocate(4)
check.fails("ERR_RMA_SYNC", win.complete, win)
check.fails("0 or a sum of", win.fence, win, -1)
check.fails("0 or mpi.MODE_NOCHECK expected", win.lock, win, mpi.LOCK_SHARED, 0, -1)
check.fails("group expected", win.start, win, mpi.GROUP_NULL)
check.fails("group expected", win.post, win, mpi.GROUP_NULL)
win:fence()
check.fails("mpi.BAND does not work on float64", win.Accumulate, win, a, mpi.BAND, 0)
check.fails("mpi.MAXLOC does not work on float64", win.Get_accumulate, win, a, array.zeros(4), mpi.MAXLOC, 0)
check.fails("NO_OP changes nothing", win.Accumulate, win, a, mpi.NO_OP, 0)
win:Accumulate(array.full(4, rank), mpi.REPLACE, right)
win:fence()
win:fence()
win:free()
win = mpi.Win_create(array.zeros(4), 2^11)
win:fence()
check.fails("ERR_RMA_RANGE", win.Put, win, array.zeros(1), 0, 2^53)
win:fence()
win:free()
check.fails("takes all of its memory", mpi.Win_create, {a, 2, offset = 1})

-- arrays of a dynamic window
win = mpi.Win_create(a)
check.fails("is not one of Win_create_dynamic", win.attach, win, a)
win:free()
win = mpi.Win_create_dynamic()
local parts, room = {}, array.zeros(400)
for i = 1, 20 do parts[i] = room:view(10 * i, 3) win:attach(parts[i]) end
check.fails("attached already", win.attach, win, parts[3])
check.fails("attached already", win.attach, win, room)
check.fails("no elements", win.attach, win, array.zeros(0))
check.fails("is not attached", win.detach, win, a)
check.fails("takes all of its memory", win.attach, win, {a, 1, mpi.Type_vector(2, 1, 2, D):commit()})
win:detach(parts[3])
check.fails("is not attached", win.detach, win, parts[3])
win:attach(parts[3])
for i = 21, 32 do
  parts[i] = room:view(10 * i, 3)
  local ok, e = pcall(win.attach, win, parts[i])
  if not ok then check.eq(tostring(e):find("arrays to a window at most", 1, true) ~= nil, true) check.eq(i, 32) end
end
win:free() -- with all of them

-- arrays that the script drops while an access has them
local n = 2^17
local mine = array.full(n, rank)
win = mpi.Win_create(mine)
win:fence()
for round = 1, 10 do
  for i = 1, 4 do win:Get(array.zeros(n), right, 0) end
  collectgarbage()
  local others = {}
  for i = 1, 8 do others[i] = array.full(n, -1) end
  win:fence()
  for i = 1, 8 do check.eq(others[i]:sum(), -n) end
  win:Put(array.full(n, 1000 + rank), right, 0)
  collectgarbage()
  for i = 1, 8 do others[i] = array.full(n, -1) end
  win:fence()
  check.eq(mine:sum(), n * (1000 + left))
end
-- and memory of another window that one has
local lent, memory = mpi.Win_allocate(n)
win:Get(memory, right, 0)
if size > 1 then check.fails("not complete", lent.free, lent) end
win:fence()
lent:free()
win:free()
