-- Many things at once: large arrays both ways between all processes, small
-- calls beside them, and chunks in MPI.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"
local manager = cluster.start_main_loop(cluster[arg[1]])
local n = tonumber(arg[2])

local function same(x) return x end
local function exchange(size, rounds)
  local own, futures = array.full(size, cluster.myid()), {}
  for _ = 1, rounds do
    for pid = 1, cluster.nprocs() do
      if pid ~= cluster.myid() then futures[#futures + 1] = cluster.remotecall(same, pid, own) end
    end
  end
  for _, f in ipairs(futures) do assert(cluster.fetch(f) == own) end
  return #futures
end

local all = {}
for _, pid in ipairs(cluster.workers()) do
  all[#all + 1] = cluster.remotecall(exchange, pid, n, 2)
  all[#all + 1] = cluster.remotecall(exchange, pid, 100, 50)
end
cluster.mpido(manager, function()
  for _ = 1, 20 do assert(mpi.Allreduce(1, mpi.SUM) == mpi.Comm_size()) end
end)
exchange(n, 2)
local sum = 0
for _, f in ipairs(all) do sum = sum + cluster.fetch(f) end
assert(sum == #cluster.workers() * (cluster.nprocs() - 1) * 52)
print("all is right")
