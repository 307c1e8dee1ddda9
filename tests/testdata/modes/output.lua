-- Output of all ranks: mode, and whether it goes to the master.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.start_main_loop(cluster[arg[1]], { stdout_to_master = arg[2] == "master", stderr_to_master = arg[2] == "master" })
for i = 1, 5 do
  cluster.mpido(manager, function()
    print("line " .. i .. " of rank " .. mpi.Comm_rank())
    io.write("written by rank " .. mpi.Comm_rank() .. "\n")
    io.stderr:write("error line of rank " .. mpi.Comm_rank() .. "\n")
    os.execute("echo child of rank " .. mpi.Comm_rank())
  end)
  print("round " .. i .. " is over")
end
