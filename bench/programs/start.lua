-- A start to the end of a first mpido.  Run by `make bench`:  mpiclus-lua run -n 4 start.lua
local cluster = require "cluster"
local manager = cluster.MPIManager{}
cluster.addprocs(manager)
cluster.mpido(manager, "return 1")
print("ready")
