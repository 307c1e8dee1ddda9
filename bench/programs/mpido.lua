-- An empty mpido on four workers, in microseconds.  Run by `make bench`.
local cluster = require "cluster"

local manager = cluster.MPIManager{ np = 4 }
cluster.addprocs(manager)
local function empty() end

-- os.clock counts the seconds since the start here, waits included.
local function measure(times)
  local begin = os.clock()
  for i = 1, times do cluster.mpido(manager, empty) end
  return (os.clock() - begin) / times * 1e6
end

measure(200)
local best = math.huge
for round = 1, 5 do best = math.min(best, measure(500)) end
print("mpido-empty", best)
