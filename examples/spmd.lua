-- The same script on every rank, without a master, as MPI programs are
-- written elsewhere.  Run it with:  mpirun -n 4 mpiclus-lua run spmd.lua
local mpi = require "mpi"
local array = require "array"

local rank, size = mpi.Comm_rank(), mpi.Comm_size()

-- Each rank owns a slice of the numbers 1 to 1000.
local total = 1000
local first = math.floor(rank * total / size) + 1
local last = math.floor((rank + 1) * total / size)
local mine = array.range(first, last, 1)

local sum = mpi.Allreduce(mine:sum(), mpi.SUM)
assert(sum == total * (total + 1) / 2)

-- The slices are of different lengths: gather says how many each rank has.
local counts = mpi.gather(#mine, 0)
if rank == 0 then
    local all = 0
    for i = 1, size do all = all + counts[i] end
    assert(all == total)
    print(("%d ranks, the sum of 1 to %d is %d"):format(size, total, sum))
end
