-- Requests that nobody completes, large enough for MPI to keep the memory, and the end.
local cluster = require "cluster"
local m = cluster.start_main_loop(arg[1])
cluster.mpido(m, function()
  local mpi, array = require "mpi", require "array"
  local n, me = mpi.Comm_size(mpi.COMM_WORLD), mpi.Comm_rank(mpi.COMM_WORLD)
  for i = 1, 3 do mpi.Isend(array.zeros(2^20), (me + 1) % n, 5, mpi.COMM_WORLD) end
  mpi.Irecv(array.zeros(2^20), (me + 1) % n, 6, mpi.COMM_WORLD)
  mpi.Barrier(mpi.COMM_WORLD)
end)
print "done"
cluster.stop_main_loop(m)
