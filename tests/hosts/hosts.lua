-- One rank on each of several hosts: mode, number of hosts.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"
local mode, hosts = arg[1], tonumber(arg[2])

local manager
if mode == "MPI_ON_WORKERS" then
  manager = cluster.MPIManager{ np = hosts }
  cluster.addprocs(manager)
else
  manager = cluster.start_main_loop(cluster[mode])
end

local names = cluster.mpido(manager, function()
  local pipe = io.popen("hostname")
  local name = pipe:read("*l")
  pipe:close()
  return name
end)
local seen, n = {}, 0
for _, name in cluster.each(names) do
  assert(not seen[name], "two ranks are on " .. name)
  seen[name], n = true, n + 1
end
assert(n == hosts)

-- MPI between the hosts.
local sums = cluster.mpido(manager, function()
  assert(mpi.Allreduce(mpi.Comm_rank(), mpi.SUM) == hosts * (hosts - 1) / 2)
  local a = array.full(1000000, mpi.Comm_rank())
  mpi.Bcast(a, 0)
  return a:sum()
end)
for _, sum in cluster.each(sums) do assert(sum == 0) end

-- Messages, large ones too, between the master and all, and between workers.
local function same(x) return x end
local large = array.rand(1000000)
for _, pid in ipairs(cluster.workers()) do
  assert(cluster.remotecall_fetch(same, pid, large) == large)
  for _, other in ipairs(cluster.procs()) do
    local back = cluster.remotecall_fetch(function() return cluster.remotecall_fetch(same, other, array.full(200000, other)) end, pid)
    assert(back == array.full(200000, other))
  end
end
assert(cluster.distributed("+", 1, 10, function(i) return i ^ 2 end) == 385)
print("all is right on " .. hosts .. " hosts")
