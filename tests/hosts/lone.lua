-- Rank 1 is killed while the others wait for it.
local mpi = require "mpi"
mpi.Barrier()
if mpi.Comm_rank() == 1 then os.execute("kill -9 $PPID") end
mpi.recv(1)
