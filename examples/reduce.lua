-- Sums over all ranks: of a number, of an array, and with an operation of
-- our own.  Run it with:  mpiclus-lua run reduce.lua [workers]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local n = tonumber(arg[1]) or 4
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager)

local results = cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local root = 0

    -- A number: the sum arrives at the root, the others get nil.
    local sum = mpi.Reduce(rank, mpi.SUM, root)
    assert((rank == root) == (sum ~= nil))

    -- An array, element by element, on every rank.
    local mine = array.full(1000, rank + 1)
    local most = mpi.Allreduce(mine, mpi.MAX)
    assert(most[1] == size and most[1000] == size)

    -- An operation written in Lua: the longer of two strings wins.
    local longest = mpi.allreduce(("x"):rep(rank + 1), function(a, b)
        return #a >= #b and a or b
    end)
    assert(#longest == size)

    if rank == root then print("the sum of all ranks is " .. sum) end
    return sum
end)

assert(results[0] == n * (n - 1) / 2)
