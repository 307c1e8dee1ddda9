-- Rank 1 dies while the others wait for it in os.exit.
local mpi = require "mpi"
if mpi.Comm_rank() == 1 then os.execute("sleep 1; kill -9 $PPID") end
os.exit(0)
