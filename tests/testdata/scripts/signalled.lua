-- signalled.lua MODE WHAT: rank 1 waits for rank 0 while a signal comes.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"
local mode, what = arg[1], arg[2]
local manager
if mode == "L" then
  manager = cluster.MPIManager{ np = 2 }
  cluster.addprocs(manager)
else
  manager = cluster.start_main_loop(mode == "T" and cluster.TCP_TRANSPORT_ALL or cluster.MPI_TRANSPORT_ALL)
end
if what == "saves" then
  cluster.on_exit(function(why) print("saved", why.kind) io.stdout:flush() end)
elseif what == "hangs" then
  cluster.on_exit(function() print("saving") while true do end end, { limit = 0.3 })
elseif what == "calls" then
  -- a call of a library, which nothing stops
  cluster.on_exit(function() print("saving") os.execute("sleep 60") end, { limit = 0.3 })
end
cluster.mpido(manager, function()
  io.stderr:write("rank " .. mpi.Comm_rank() .. " is there\n") -- one piece: ranks write at the same time
  if mpi.Comm_rank() == 1 then
    mpi.Recv(array.zeros(1), 0, 9)
  elseif what then
    while true do end
  else
    os.execute("sleep 1.5")
    mpi.Send(array.zeros(1), 1, 9)
  end
end)
print("finished")
if mode ~= "L" then cluster.stop_main_loop(manager) end
