-- What a call reads must not be what it writes: the same array, or views that share memory, are refused.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size
local a = array.zeros(12 * size)
local part, ones = a:view(1, 12), {}
for r = 1, size do ones[r] = 1 end
local shifted = {}
for r = 1, size do shifted[r] = 12 * size - size + r - 1 end
mpi.Allreduce(a, a, mpi.SUM) --! overlap.lua:10: bad argument #1 'send' to 'Allreduce' \(the arrays to send from and to receive into share memory: pass mpi.IN_PLACE here\)
mpi.Iallreduce(a, a, mpi.SUM) --! bad argument #1 'send' to 'Iallreduce' .*mpi.IN_PLACE
mpi.Allreduce(a:view(1, 4), a:view(4, 4), mpi.SUM) --! mpi.IN_PLACE
mpi.Scan(a, a, mpi.SUM) --! mpi.IN_PLACE
mpi.Exscan(a, a, mpi.SUM) --! mpi.IN_PLACE
mpi.Reduce_scatter_block(a, a, mpi.SUM) --! mpi.IN_PLACE
mpi.Reduce_scatter(a, a, ones, mpi.SUM) --! mpi.IN_PLACE
mpi.Allgather(part, a) --! mpi.IN_PLACE
mpi.Allgatherv(a:view(12 * size, 1), a, ones, shifted) --! mpi.IN_PLACE
mpi.Alltoall(a, a) --! mpi.IN_PLACE
mpi.Alltoallv(a, ones, nil, a, ones, nil) --! mpi.IN_PLACE
mpi.Reduce(a, a, mpi.SUM, 0, mpi.COMM_SELF) --! bad argument #1 'send' to 'Reduce' .*mpi.IN_PLACE
mpi.Gather(a, a, 0, mpi.COMM_SELF) --! bad argument #1 'send' to 'Gather' .*mpi.IN_PLACE
mpi.Gatherv(a, a, {12 * size}, {0}, 0, mpi.COMM_SELF) --! bad argument #1 'send' to 'Gatherv' .*mpi.IN_PLACE
mpi.Scatter(a, a, 0, mpi.COMM_SELF) --! bad argument #2 'recv' to 'Scatter' .*mpi.IN_PLACE
mpi.Scatterv(a, a, {12 * size}, {0}, 0, mpi.COMM_SELF) --! bad argument #2 'recv' to 'Scatterv' .*mpi.IN_PLACE
mpi.Sendrecv(a, right, 0, a, left, 0) --! bad argument #1 'send' to 'Sendrecv' .*share memory: use mpi.Sendrecv_replace
mpi.Reduce_local(a, a, mpi.SUM) --! share memory: copy one of them
local two = mpi.Type_vector(2, 1, 2, mpi.DOUBLE)
mpi.Type_commit(two)
mpi.Sendrecv({a, 1, two}, right, 0, {a, 1, two}, left, 0) --! share memory

-- roots: only there both arrays have a meaning
if size > 1 then
  if rank == 0 then
    check.fails("mpi.IN_PLACE", mpi.Reduce, a, a, mpi.SUM, 0)
    check.fails("mpi.IN_PLACE", mpi.Gather, part, a, 0)
    check.fails("mpi.IN_PLACE", mpi.Scatter, a, part, 0)
    mpi.Reduce(mpi.IN_PLACE, a, mpi.SUM, 0)
    mpi.Gather(mpi.IN_PLACE, a, 0)
    mpi.Scatter(a, mpi.IN_PLACE, 0)
  else
    mpi.Reduce(a, a, mpi.SUM, 0)
    mpi.Gather(part, a, 0)
    mpi.Scatter(a, part, 0)
  end
end

-- neighbours that touch, and arrays without an element, share nothing
local b = array.range(1, 4)
mpi.Allreduce(b:view(1, 2), b:view(3, 2), mpi.SUM)
check.eq(b:totable(), {1, 2, size, 2 * size})
mpi.Allreduce(b:view(3, 2), b, mpi.SUM) -- of b, as many as are sent are written
check.eq(b:totable(), {size * size, 2 * size * size, size, 2 * size})
mpi.Allreduce(b:view(2, 0), b:view(2, 0), mpi.SUM)
mpi.Allreduce(b:view(2, 0), b, mpi.SUM)
local empty = array.zeros(0)
mpi.Allgather(empty, empty)

-- parts of one array that lie between one another
local counts, from, into = {}, {}, {}
for r = 1, size do counts[r], from[r], into[r] = 1, 2 * r - 2, 2 * r - 1 end
local mixed = array.zeros(2 * size)
for r = 1, size do mixed[2 * r - 1] = 10 * rank + r end
mpi.Alltoallv(mixed, counts, from, mixed, counts, into)
for r = 1, size do check.eq(mixed[2 * r], 10 * (r - 1) + rank + 1) end

-- columns of one matrix
local m = array.matrix(2, 2)
m:set(1, 1, rank) m:set(2, 1, rank)
mpi.Sendrecv({m, 1, two}, right, 0, {m, 1, two, offset = 1}, left, 0)
check.eq({m:at(1, 2), m:at(2, 2)}, {left, left})
mpi.Barrier()

-- the same array twice where each part has a type of its own, and types without gaps
local ones, places, types = {}, {}, {}
for r = 1, size do ones[r], places[r], types[r] = 1, 8 * (r - 1), mpi.DOUBLE end
local all = array.full(size, rank)
check.fails("share memory", mpi.Alltoallw, all, ones, places, types, all, ones, places, types)
check.fails("share memory", mpi.Ialltoallw, all, ones, places, types, all, ones, places, types)
local twice = mpi.Type_contiguous(2, mpi.DOUBLE):commit()
local row = array.range(1, 5)
check.fails("share memory", mpi.Sendrecv, {row, 1, twice}, right, 0, row:view(2, 2), left, 0)
check.fails("share memory", mpi.Sendrecv, row:view(2, 2), right, 0, {row, 1, twice}, left, 0)
row[1], row[2] = rank, rank
mpi.Sendrecv({row, 1, twice}, right, 0, {row, 1, twice, offset = 2}, left, 0)
check.eq({row[3], row[4], row[5]}, {left, left, 5})
twice:free()
