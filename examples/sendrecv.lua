-- Every rank sends to its right neighbour and receives from its left one, all
-- at the same time.  Run it with:  mpiclus-lua run sendrecv.lua [workers]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{ np = tonumber(arg[1]) or 4 }
cluster.addprocs(manager)

cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local right = (rank + 1) % size
    local left = (rank - 1) % size
    local tag = 32

    local outgoing = array.full(4, rank)
    local incoming = array.zeros(4)

    -- Both are started, then waited for together: no order can deadlock.
    local receive = mpi.Irecv(incoming, left, tag)
    local send = mpi.Isend(outgoing, right, tag)
    local statuses = mpi.Waitall{ receive, send }

    assert(statuses[1].source == left and statuses[1].tag == tag)
    assert(mpi.Get_count(statuses[1], mpi.DOUBLE) == 4)
    assert(incoming == array.full(4, left))
    print(("rank %d: sent %s to %d, got %s from %d"):format(
        rank, tostring(outgoing), right, tostring(incoming), left))
end)
