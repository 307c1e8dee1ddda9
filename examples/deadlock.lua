-- A deadlock, and how it is found: all ranks send to their right neighbour before
-- they receive from the left one, and wait for each other for ever.  A time limit ends
-- that; where() says before who waits for whom.  Run it with:
--   mpiclus-lua run deadlock.lua [workers]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local n = tonumber(arg[1]) or 3
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager, { error_grace = 0.1 })

local function wrong()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local mine, theirs = array.full(4, rank), array.zeros(4)
    mpi.Ssend(mine, (rank + 1) % size, 1) -- returns when the other has begun to receive: it never has
    mpi.Recv(theirs, (rank - 1) % size, 1)
end

-- Beside the chunk, this call looks until the job stands still for good.
local look = cluster.remotecall(function()
    local where
    for _ = 1, 40 do
        cluster.sleep(0.2)
        where = manager:where()
        if where.deadlock then return tostring(where) end
    end
    error "no deadlock was found"
end, cluster.myid())

local ok, e = pcall(manager.mpido, manager, { chunk = wrong, timeout = 5 })
assert(not ok and e.kind == "timeout")
print(cluster.fetch(look))

-- Sendrecv does both at the same time, so nobody waits for who waits.
local sums = cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local mine, theirs = array.full(4, rank), array.zeros(4)
    mpi.Sendrecv(mine, (rank + 1) % size, 1, theirs, (rank - 1) % size, 1)
    return theirs:sum()
end)
for rank, sum in cluster.each(sums) do assert(sum == 4 * ((rank - 1) % n)) end
print("with Sendrecv all is well")
