-- Four workers say hello.  Run it with:  mpiclus-lua run hello.lua
local cluster = require "cluster"
local mpi = require "mpi"

-- The number of workers is an argument, or what -n says; 4 if nobody says.
local n = tonumber(arg[1] or os.getenv "MPICLUS_N") or 4
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager)

-- This function runs on every worker. What it captures (mpi, here) travels.
local ranks = cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    print("Hello world, I am " .. rank .. " of " .. size)
    return rank
end)

local count = 0
for rank, value in cluster.each(ranks) do
    assert(rank == value)
    count = count + 1
end
assert(count == n, "one result for each rank from 0")
