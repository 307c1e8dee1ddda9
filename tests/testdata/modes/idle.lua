-- What an idle job costs, and how long the first message after a pause takes:
-- mode, seconds of idleness, number of pauses.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.start_main_loop(cluster[arg[1]])
local seconds, pauses = tonumber(arg[2]), tonumber(arg[3])

local function ticks()
  local file = io.open("/proc/self/stat")
  local fields, i, sum = file:read("*a"):match("%) (.*)"), 0, 0
  file:close()
  for word in fields:gmatch("%S+") do
    i = i + 1
    if i == 12 or i == 13 then sum = sum + tonumber(word) end
  end
  return sum -- of user and system time, 100 a second
end

local before = cluster.mpido(manager, ticks)
cluster.sleep(seconds)
local after = cluster.mpido(manager, ticks)
for rank, n in cluster.each(after) do
  print(("idle %.2f %% of a core, rank %d"):format((n - before[rank]) / seconds, rank))
end

-- There and back; both processes have had their pause.
local times = {}
for i = 1, pauses do
  cluster.sleep(0.03)
  local sent = mpi.Wtime()
  cluster.remotecall_fetch(cluster.myid, 2)
  times[i] = mpi.Wtime() - sent
end
table.sort(times)
print(("first message: median %.3f ms, p99 %.3f ms"):format(times[math.ceil(pauses / 2)] * 1e3, times[math.ceil(pauses * 0.99)] * 1e3))
