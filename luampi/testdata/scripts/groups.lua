-- What goes on between two groups of ranks, and what is refused there; graphs in
-- which some have no neighbours; windows and files whose communicator was freed.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size

local function between(first) -- an inter-communicator: rank 0, and the others
  local own = comm:split(rank == 0 and 0 or 1, 0)
  return mpi.Intercomm_create(own, 0, comm, rank == 0 and 1 or 0, 9), own
end

if size > 1 then
  local inter, own = between()
  for _, call in ipairs{
    function() mpi.Scan(array.zeros(2), nil, mpi.SUM, inter) end,
    function() mpi.Exscan(array.zeros(2), array.zeros(2), mpi.SUM, inter) end,
    function() mpi.Iexscan(array.zeros(2), array.zeros(2), mpi.SUM, inter) end,
    function() mpi.Comm_split_type(mpi.COMM_TYPE_SHARED, 0, nil, inter) end,
    function() mpi.Comm_create_group(inter:group(), 3, inter) end,
    function() mpi.Cart_create({ 1 }, { false }, false, inter) end,
    function() mpi.Win_allocate(1, "float64", inter) end,
    function() mpi.File_open(inter, "nowhere", mpi.MODE_RDONLY) end,
  } do check.fails("communicator of a single group expected, got an inter-communicator", call) end
  check.fails("IN_PLACE is not for inter-communicators", mpi.Reduce_scatter_block, mpi.IN_PLACE, array.zeros(4), mpi.SUM, inter)
  check.fails("IN_PLACE is not for inter-communicators", mpi.Allreduce, mpi.IN_PLACE, array.zeros(4), mpi.SUM, inter)

  -- each group gets the sum of the other, dealt out among its own ranks
  local others = size - 1
  local n = rank == 0 and others or 1 -- of parts of one element for the larger group
  for _, block in ipairs{ true, false } do
    local send, recv = array.full(others, rank + 1), array.zeros(n)
    if block then
      mpi.Reduce_scatter_block(send, recv, mpi.SUM, inter)
    else
      local counts = {}
      for k = 1, inter:size() do counts[k] = n end
      mpi.Reduce_scatter(send, recv, counts, mpi.SUM, inter)
    end
    local want = 1
    if rank == 0 then
      want = 0
      for r = 1, others do want = want + r + 1 end
    end
    for k = 1, n do check.eq(recv[k], want, block, k) end
  end
  inter:free()
  own:free()

  -- rank 0 only sends, all others only receive from it
  local sources, targets = rank == 0 and {} or { 0 }, {}
  if rank == 0 then for r = 1, size - 1 do targets[r] = r end end
  local star = mpi.Dist_graph_create_adjacent(comm, sources, nil, targets)
  local got = mpi.Neighbor_allgather(array.from{ 7, 8 + rank }, star)
  assert(#got == 2 * #sources and (rank == 0 or got[1] == 7 and got[2] == 8))
  got = mpi.Wait(mpi.Ineighbor_allgather(array.from{ 7, 8 + rank }, array.zeros(2 * #sources), star)) and nil
  local parts = array.zeros(2 * #targets)
  for k = 1, #parts do parts[k] = k end
  local mine = array.zeros(2 * #sources)
  mpi.Neighbor_alltoall(parts, mine, star)
  assert(rank == 0 or mine[1] == 2 * rank - 1 and mine[2] == 2 * rank)
  if rank > 0 then check.fails("nothing that this rank sends tells how long", mpi.Neighbor_alltoall, array.zeros(0), nil, star) end
  star:free()
end

-- displacements of any length
local ring = mpi.Cart_create({ size }, { true }, false, comm)
for _, by in ipairs{ 2147483647, -2147483648, 3 * size + 1, 0 } do
  local source, dest = ring:Cart_shift(0, by)
  assert(source == (rank - by) % size and dest == (rank + by) % size, by)
end
ring:free()
local line = mpi.Cart_create({ size }, { false }, false, comm)
for _, by in ipairs{ 2147483647, -2147483648, size } do
  local source, dest = line:Cart_shift(0, by)
  assert(source == mpi.PROC_NULL and dest == mpi.PROC_NULL, by)
end
line:free()

-- windows and files outlive the communicator that they were made on
local dup = comm:dup()
local win, mem = mpi.Win_allocate(1, "float64", dup)
local name = "groups." .. size
local file = mpi.File_open(dup, name, mpi.MODE_CREATE + mpi.MODE_RDWR)
dup:free()
check.fails("the communicator was freed", mpi.Barrier, dup)
win:fence()
win:Put(array.full(1, rank + 5), (rank + 1) % size)
win:fence()
assert(mem[1] == (rank - 1) % size + 5)
win:free()
file:write_at_all(8 * rank, array.full(1, rank))
file:close()
mpi.Barrier(comm)
if rank == 0 then os.remove(name) end

-- an op of the script and elements that it cannot take: all ranks refuse
local pair = mpi.Type_vector(2, 1, 2, mpi.DOUBLE):commit()
local op = mpi.Op_create(function(x, y) return x + y end, true)
check.fails("arrays of plain elements only", mpi.Allreduce, { array.ones(4), 1, pair }, { array.zeros(4), 1, pair }, op, comm)
check.fails("arrays of plain elements only", mpi.Reduce, { array.ones(4), 1, pair }, { array.zeros(4), 1, pair }, op, 0, comm)
check.fails("arrays of plain elements only", mpi.Allreduce, mpi.IN_PLACE, { array.zeros(4), 1, pair }, op, comm)
