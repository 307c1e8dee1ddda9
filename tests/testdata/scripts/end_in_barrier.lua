-- The script ends while a call of its sits in a collective that no other rank
-- comes to.
local cluster = require "cluster"
local manager = cluster.MPIManager()
cluster.addprocs(manager)
cluster.remotecall(function() require("mpi").Barrier() end, 2)
cluster.sleep(0.3)
