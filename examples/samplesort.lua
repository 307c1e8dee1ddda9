-- Sorting what lies on all ranks: samples say where to cut, each rank gets
-- one range and sorts that.  Run it with:
--   mpirun -n 4 mpiclus-lua run samplesort.lua
local mpi = require "mpi"
local array = require "array"

local rank, size = mpi.Comm_rank(), mpi.Comm_size()
local n = 5000 + 100 * rank -- ranks need not have as much as others

array.seed(rank + 1)
local mine = array.rand(n)
local sum, count = mpi.Allreduce(mine:sum(), mpi.SUM), mpi.Allreduce(n, mpi.SUM)
mine:sort()

-- Each rank gives some of its numbers; of all of them in order, size - 1 cut
-- the range into parts of about one length.
local per = 32
local samples = array.zeros(per)
for k = 1, per do samples[k] = mine[math.ceil((k - 0.5) * n / per)] end
local all = mpi.Allgather(samples):sort()
local cuts = {}
for k = 1, size - 1 do cuts[k] = all[k * per] end
cuts[size] = math.huge

-- How many of mine go to each rank: they lie one after another already.
local counts, at = {}, 1
for k = 1, size do
    local from = at
    while at <= n and mine[at] <= cuts[k] do at = at + 1 end
    counts[k] = at - from
end
local coming = mpi.alltoall(counts)
local part = mpi.Alltoallv(mine, counts, nil, nil, coming, nil)
part:sort()

-- In order here, and between here and the next rank; nothing lost.
for i = 2, #part do assert(part[i - 1] <= part[i]) end
local greatest = mpi.exscan(#part > 0 and part[#part] or -math.huge, math.max)
assert(rank == 0 or #part == 0 or greatest <= part[1])
assert(mpi.Allreduce(#part, mpi.SUM) == count)
assert(math.abs(mpi.Allreduce(part:sum(), mpi.SUM) - sum) < 1e-9 * sum)

local lengths = mpi.gather(#part, 0)
if rank == 0 then print(("%d numbers sorted on %d ranks: %s"):format(count, size, table.concat(lengths, " + "))) end
