-- What C prints is there, in order, when mpido returns: also what C buffers.
local cluster = require "cluster"
local manager = cluster.MPIManager{}
cluster.addprocs(manager)
for i = 1, tonumber(arg[1]) do
  cluster.mpido(manager, function()
    local faults = require "faults"
    local rank = require("mpi").Comm_rank()
    faults.printf("C " .. i .. " of " .. rank .. "\n")
    print("Lua " .. i .. " of " .. rank)
    faults.printf("unfinished " .. i .. " of " .. rank)
  end)
  print("after " .. i)
end
