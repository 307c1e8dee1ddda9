-- A master, and workers that the launcher starts.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.MPIManager{}
local np = #cluster.addprocs(manager)
local sums = cluster.mpido(manager, function() return mpi.Allreduce(mpi.Comm_rank(), mpi.SUM) end)
for rank = 0, np - 1 do assert(sums[rank] == np * (np - 1) / 2) end
print("all is right on " .. np .. " workers")
