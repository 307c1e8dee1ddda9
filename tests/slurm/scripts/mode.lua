-- All processes are in MPI; rank 0 goes on as the master.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.start_main_loop(cluster[arg[1]])
local sums = cluster.mpido(manager, function() return mpi.Allreduce(mpi.Comm_rank(), mpi.SUM) end)
local np = manager.np
for rank = 0, np - 1 do assert(sums[rank] == np * (np - 1) / 2) end
for pid = 1, np do assert(cluster.remotecall_fetch(cluster.myid, pid) == pid) end
print("all is right on " .. np .. " processes")
cluster.stop_main_loop(manager)
