-- A plain MPI program: no master.
local mpi = require "mpi"
local sum = mpi.Allreduce(mpi.Comm_rank(), mpi.SUM)
if mpi.Comm_rank() == 0 then print("sum of ranks " .. sum .. " on " .. mpi.Comm_size() .. " ranks") end
