-- One worker is killed while the others wait for it.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.MPIManager{}
cluster.addprocs(manager)
cluster.mpido(manager, function()
  if mpi.Comm_rank() == 1 then os.execute("kill -9 $PPID") end
  mpi.Barrier()
end)
