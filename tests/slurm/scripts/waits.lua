-- Workers wait for each other for good, until the job is ended.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.MPIWorkerManager()
cluster.addprocs(manager)
print("at work")
io.stdout:flush()
cluster.mpido(manager, function() return mpi.recv((mpi.Comm_rank() + 1) % mpi.Comm_size(), 7) end)
