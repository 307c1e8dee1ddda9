-- A queue in a window: ranks take items by Fetch_and_op while the rank that has the counter computes.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
if size == 1 then return end
local others = comm:split(rank == 0 and 0 or 1, rank)

for _, make in ipairs{"allocate", "create"} do
local win, counter
if make == "allocate" then
  win, counter = mpi.Win_allocate(rank == 0 and 1 or 0, "int64")
else
  counter = array.zeros(rank == 0 and 1 or 0, "int64")
  win = mpi.Win_create(counter)
end
local one, got = array.full(1, 1, "int64"), array.zeros(1, "int64")
local items, mine = (make == "allocate" and 30 or 5) * size, {}
local function take()
  win:Fetch_and_op(one, got, mpi.SUM, 0)
  win:flush(0)
  return got[1]
end
win:lock_all()
comm:Barrier()
if rank == 0 then
  -- computes in Lua, without a call of MPI, until the others have taken everything
  local deadline = os.time() + 30
  local x = 0
  while counter[1] < items and os.time() < deadline do for i = 1, 1000 do x = x + i end end
  check.eq(counter[1] >= items, true, "nobody could take an item while the target computed")
end
local item = take()
others:Barrier() -- all have one, however the processors are shared
while item < items do
  mine[#mine + 1] = item
  -- an item is some work: the others get their turn
  local now = mpi.Wtime()
  while mpi.Wtime() - now < 0.002 do end
  item = take()
end
win:unlock_all()
local all, shares = {}, {}
for r, list in ipairs(comm:allgather(mine)) do
  shares[r] = #list
  for _, i in ipairs(list) do
    check.eq(all[i], nil, "item taken twice", i)
    all[i] = true
  end
end
for i = 0, items - 1 do check.eq(all[i], true, "item lost", i) end
check.eq(shares[1], 0) -- it was busy
for r = 2, size do assert(shares[r] > 0, "rank " .. r - 1 .. " of " .. size .. " got no item") end
win:free()
end
others:free()
