-- Ways to use start_main_loop wrongly: the first argument says which.
local cluster = require "cluster"
local mpi = require "mpi"
local rank = mpi.Comm_rank()

local ways = {
  disagree = function() cluster.start_main_loop(rank == 1 and "MPI_TRANSPORT_ALL" or "TCP_TRANSPORT_ALL") end,
  unknown = function() cluster.start_main_loop("CARRIER_PIGEONS") end,
  unknown_on_one = function() cluster.start_main_loop(rank == 1 and "CARRIER_PIGEONS" or "TCP_TRANSPORT_ALL") end,
  nothing = function() cluster.start_main_loop() end,
  option = function() cluster.start_main_loop("TCP_TRANSPORT_ALL", { speed = "high" }) end,
  comm = function() cluster.start_main_loop("MPI_TRANSPORT_ALL", { comm = mpi.COMM_SELF }) end,
  level = function() cluster.start_main_loop("MPI_TRANSPORT_ALL", { threadlevel = "multiple" }) end,
  not_all = function() if rank ~= 1 then cluster.start_main_loop("MPI_TRANSPORT_ALL") end end,
  caught = function() if rank ~= 1 then pcall(cluster.start_main_loop, "MPI_TRANSPORT_ALL") end end,
  absent = function()
    if rank == 1 then mpi.Recv(require("array").zeros(1), 0) end
    cluster.start_main_loop("TCP_TRANSPORT_ALL", { launch_timeout = 0.5 })
  end,
  twice = function()
    cluster.start_main_loop("TCP_TRANSPORT_ALL")
    cluster.start_main_loop("TCP_TRANSPORT_ALL")
  end,
  again = function()
    cluster.stop_main_loop(cluster.start_main_loop("MPI_TRANSPORT_ALL"))
    cluster.start_main_loop("MPI_TRANSPORT_ALL")
  end,
  addprocs = function() cluster.addprocs(cluster.MPIManager{ np = 2 }) end,
  stop_other = function() cluster.stop_main_loop(cluster.MPIManager{ np = 0 }) end,
}
ways[arg[1]]()
