-- Works, and checks what it gets, while others disturb it, until the file
-- that the first argument names is there.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.MPIManager{}
cluster.addprocs(manager)
print("begin")
local calls = 0
repeat
  local r = cluster.mpido(manager, function(i) return mpi.Allreduce(i, mpi.SUM) end, calls)
  assert(r[0] == 2 * calls and r[1] == 2 * calls)
  calls = calls + 1
until io.open(arg[1])
print("end")
