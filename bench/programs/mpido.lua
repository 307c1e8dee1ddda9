-- An empty mpido on four workers, in microseconds.  Run by `make bench`.
local cluster = require "cluster"
local mpi = require "mpi"

local manager = cluster.MPIManager{ np = 4 }
cluster.addprocs(manager)
local function empty() end

local function measure(times)
  local begin = mpi.Wtime()
  for i = 1, times do cluster.mpido(manager, empty) end
  return (mpi.Wtime() - begin) / times * 1e6
end

measure(200)
local best = math.huge
for round = 1, 5 do best = math.min(best, measure(500)) end
print("mpido-empty", best)
