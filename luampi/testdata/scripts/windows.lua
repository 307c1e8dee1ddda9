-- One-sided communication.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size

-- put and get between fences, on every type
for _, typ in ipairs(check.real) do
  local mine = array.full(4, rank, typ)
  local win = mpi.Win_create(mine, comm)
  check.eq(tostring(win):find("window of") ~= nil, true)
  win:fence()
  win:Put(array.from({10 + rank, 20 + rank}, typ), right, 1)
  win:fence()
  check.elements(mine, 4, function(i) return (i == 2 or i == 3) and 10 * (i - 1) + left or rank end, typ)
  local got = array.zeros(4, typ)
  mpi.Get(got, right, 0, win)
  mpi.Win_fence(0, win)
  check.elements(got, 4, function(i) return (i == 2 or i == 3) and 10 * (i - 1) + rank or right end, typ)
  -- everybody adds into rank 0
  win:fence()
  if rank == 0 then mine:fill(0) end
  win:fence()
  mpi.Accumulate(array.from({1, 2, 3, 4}, typ), mpi.SUM, 0, win)
  win:fence(mpi.MODE_NOSUCCEED)
  if rank == 0 then check.elements(mine, 4, function(i) return i * size end, typ) end
  win:free()
  check.fails("the window was freed", mpi.Win_fence, 0, win)
end

-- memory that the window makes; locks; a counter
local win, mem = mpi.Win_allocate(2, "int64", comm)
check.eq({#mem, mem:type()}, {2, "int64"})
win:set_name("counter")
check.eq(win:get_name(), "counter")
check.eq(win:get_group():size(), size)
mpi.Barrier()
local one, before = array.full(1, 1, "int64"), array.zeros(1, "int64")
local seen = {}
for i = 1, 10 do
  win:lock(mpi.LOCK_EXCLUSIVE, 0)
  win:Fetch_and_op(one, before, mpi.SUM, 0, 1)
  win:unlock(0)
  seen[i] = before[1]
end
for i = 2, 10 do assert(seen[i] > seen[i - 1]) end
mpi.Barrier()
win:lock_all()
local total = array.zeros(1, "int64")
win:Get(total, 0, 1)
win:flush(0)
check.eq(total[1], 10 * size)
mpi.Win_flush_local(0, win)
win:flush_all()
win:flush_local_all()
win:sync()
local r = win:Rget(total, 0, 1)
r:wait()
check.eq(total[1], 10 * size)
mpi.Wait(mpi.Rput(one, rank, 0, win))
mpi.Wait(mpi.Raccumulate(one, mpi.SUM, rank, 0, win))
local old = array.zeros(1, "int64")
mpi.Wait(mpi.Rget_accumulate(one, old, mpi.SUM, rank, 0, win))
check.eq(old[1], 2)
mpi.Get_accumulate(one, old, mpi.NO_OP, rank, 0, win)
mpi.Get_accumulate(old, old, mpi.NO_OP, rank, 0, win) -- whose origin is not read
win:flush(rank)
check.eq(old[1], 3)
-- exactly one rank swaps 0 for itself
local cell, compare, result = array.full(1, rank + 1, "int64"), array.zeros(1, "int64"), array.zeros(1, "int64")
mpi.Barrier() -- all have read the counter
if rank == 0 then mpi.Put(compare, 0, 1, win) win:flush(0) end
win:unlock_all()
mpi.Barrier()
win:lock(mpi.LOCK_SHARED, 0)
mpi.Compare_and_swap(cell, compare, result, 0, 1, win)
win:unlock(0)
check.eq(mpi.allreduce(result[1] == 0 and 1 or 0, mpi.SUM), 1)
local info = mpi.Info_create()
win:set_info(info)
assert(win:get_info())

-- what libraries accept in silence, or crash on
check.fails("Put: ERR_RMA_SYNC: no epoch is open", mpi.Put, one, 0, 0, win)
win:lock(mpi.LOCK_SHARED, right)
check.fails("is locked already", mpi.Win_lock, mpi.LOCK_SHARED, right, win)
check.fails("ERR_RMA_RANGE", mpi.Put, one, right, 2, win)
check.fails("ERR_RMA_RANGE", mpi.Put, one, right, -1, win)
check.fails("rank 99 is not in a communicator", mpi.Put, one, 99, 0, win)
check.fails("an epoch is open: end it first", mpi.Win_free, win)
check.fails("Win_start: ERR_RMA_SYNC: another epoch is open", mpi.Win_start, win:get_group(), win)
win:unlock(right)
check.fails("is not locked", mpi.Win_unlock, right, win)
check.fails("is not locked", mpi.Win_flush, right, win)
check.fails("mpi.LOCK_SHARED or mpi.LOCK_EXCLUSIVE expected", mpi.Win_lock, 12345, right, win)
check.fails("window expected, got number", mpi.Win_fence, 0, 7)
local me = mpi.Group_incl(win:get_group(), {rank})
win:post(me)
check.fails("an epoch is open: end it first", mpi.Win_free, win)
win:start(me)
check.fails("Win_lock: ERR_RMA_SYNC: another epoch is open", mpi.Win_lock, mpi.LOCK_SHARED, right, win)
if size > 1 then check.fails("is not in the group of Win_start", mpi.Put, one, right, 0, win) end
mpi.Put(one, rank, 0, win)
win:complete()
win:wait()
win:free()
do
  local own, a = mpi.Win_allocate(10, "float64", nil, mpi.COMM_SELF)
  for i = 1, 10 do a[i] = i end
  own:lock(mpi.LOCK_EXCLUSIVE, 0)
  check.fails("share memory", mpi.Put, a:view(1, 4), 0, 1, own)
  check.fails("share memory", mpi.Get, a:view(2, 4), 0, 0, own)
  mpi.Put(a:view(1, 4), 0, 4, own)
  own:unlock(0)
  check.eq(a:totable(), {1, 2, 3, 4, 1, 2, 3, 4, 9, 10})
  own:free()
end

-- start, complete, post, wait around a ring
local mine = array.zeros(1)
local win = mpi.Win_create(mine)
local group = comm:group()
local sources, targets = group:incl{left}, group:incl{right}
win:post(sources)
win:start(targets)
win:Put(array.full(1, rank + 1), right)
win:complete()
win:wait()
check.eq(mine[1], left + 1)
win:post(sources)
win:start(targets)
win:Put(array.full(1, rank + 2), right)
win:complete()
while not win:test() do end
check.eq(mine[1], left + 2)
win:free()

-- shared memory
local node = comm:split_type(mpi.COMM_TYPE_SHARED)
local win, part = mpi.Win_allocate_shared(3, "float64", node)
part:fill(node:rank())
win:fence()
local other = win:shared_query((node:rank() + 1) % node:size())
check.eq(other:totable(), array.full(3, (node:rank() + 1) % node:size()):totable())
check.eq(mpi.Win_shared_query(node:rank(), win):totable(), part:totable())
win:fence()
win:free()
for _, a in ipairs{part, other} do -- their memory is no more
  check.fails("whose memory went with Win_free", function() return a[1] end)
  check.fails("whose memory went with Win_free", function() a[1] = 1 end)
  check.fails("whose memory went with Win_free", function() return #a end)
  check.fails("whose memory went with Win_free", function() return a:sum() end)
  check.fails("whose memory went with Win_free", function() return a + 1 end)
  check.fails("went with Win_free", mpi.Bcast, a, 0)
  check.fails("whose memory was taken back", mpi.isend, {a}, 0)
end
check.eq(tostring(part), "float64 array whose memory went with Win_free")
node:free()

-- a dynamic window: addresses are told
local win = mpi.Win_create_dynamic(comm)
local mine = array.full(2, rank)
mpi.Win_attach(mine, win)
local addresses = mpi.allgather(mpi.Get_address(mine))
check.eq(mpi.Aint_diff(mpi.Aint_add(addresses[1], 8), addresses[1]), 8)
win:lock_all()
local got = array.zeros(1)
win:Get(got, right, mpi.Aint_add(addresses[right + 1], 8))
win:flush(right)
check.eq(got[1], right)
win:unlock_all()
mpi.Barrier()
mpi.Win_detach(mine, win)
win:free()
mpi.Barrier()
