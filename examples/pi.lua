-- Pi as the area under 4 / (1 + x^2) between 0 and 1, by the midpoint rule:
-- each rank takes its share of the intervals, and Reduce adds the shares.
-- Run it with:  mpiclus-lua run pi.lua [workers] [intervals]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{ np = tonumber(arg[1]) or 4 }
cluster.addprocs(manager)

local intervals = tonumber(arg[2]) or 1000000
local results = cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local width = 1 / intervals
    local count = math.floor((intervals - rank - 1) / size) + 1

    -- Whole arrays at a time: x = (i - 0.5) * width for every size-th i.
    local x = (array.range(0, count - 1, 1) * size + (rank + 0.5)) * width
    local heights = 4 / (x * x + 1)
    return mpi.Reduce(heights:sum() * width, mpi.SUM, 0)
end)

local error = math.abs(results[0] - math.pi)
print(("pi is about %.15f, off by %.1e"):format(results[0], error))
assert(error < 1e-10)
