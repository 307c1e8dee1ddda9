-- Waits for the end of a process: the ranks are in what the first argument
-- says. With a second argument the error is caught and its kind printed.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{}
cluster.addprocs(manager)
cluster.everywhere(function() kept = 39 end)
local states = {
  Recv = function() mpi.Recv(array.zeros(1), 1, 7) end,
  Barrier = function() if mpi.Comm_rank() == 1 then mpi.Recv(array.zeros(1), 1, 7) end mpi.Barrier() end,
  loop = function() while true do end end,
}
local state = states[arg[1]]
local function chunk()
  print("rank " .. mpi.Comm_rank() .. " is there")
  state()
end

if arg[1] == "idle" then -- the ranks wait for the master, which is busy elsewhere
  cluster.mpido(manager, function() print("rank " .. mpi.Comm_rank() .. " is there") end)
  local begin = os.time()
  repeat until os.time() - begin >= 3
  cluster.mpido(manager, function() end)
elseif arg[2] then
  local ok, e = pcall(cluster.mpido, manager, chunk)
  print(ok, e.kind, e.errors and e.errors[1] and e.errors[1].kind)
  print(pcall(cluster.mpido, manager, chunk))
  manager:restart()
  local sums = cluster.mpido(manager, function() return mpi.Allreduce(mpi.Comm_rank(), mpi.SUM) + kept end)
  print("after the restart: " .. sums[0] .. " " .. sums[1] .. " " .. sums[2])
else
  cluster.mpido(manager, chunk)
end
