-- Echoes between the master and a worker among the ranks of an mpirun, in
-- microseconds, or what they cost while they are idle.  Run by `make bench`.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"
local manager = cluster.start_main_loop(cluster[arg[1]])

local function echoes()
  local function same(x) return x end
  for _, kind in ipairs{ { 8, 500 }, { 8000, 500 }, { 80000, 200 }, { 8000000, 10 } } do
    local sent, rounds = array.rand(kind[1] / 8), {}
    cluster.remotecall_fetch(same, 2, sent)
    for round = 1, 5 do
      local begin = mpi.Wtime()
      for i = 1, kind[2] do cluster.remotecall_fetch(same, 2, sent) end
      rounds[round] = (mpi.Wtime() - begin) / kind[2] * 1e6
    end
    table.sort(rounds)
    print("echo-" .. kind[1], rounds[3])
  end
end

-- The processor time of this process in hundredths of a second: proc(5), stat,
-- fields 14 and 15.
local function ticks()
  local fields = {}
  local stat = io.open("/proc/self/stat"):read("*a"):gsub("^.*%) ", "")
  for word in stat:gmatch("%S+") do fields[#fields + 1] = word end
  return fields[12] + fields[13]
end

local function idle()
  local seconds, most = 5, 0
  local before = cluster.mpido(manager, ticks)
  cluster.sleep(seconds)
  for rank, n in cluster.each(cluster.mpido(manager, ticks)) do most = math.max(most, (n - before[rank]) / seconds) end
  print("idle", most)

  local times = {}
  for i = 1, 100 do
    cluster.sleep(0.03)
    local begin = mpi.Wtime()
    cluster.remotecall_fetch(cluster.myid, 2)
    times[i] = (mpi.Wtime() - begin) * 1e3
  end
  table.sort(times)
  print("first", times[99])
end

if arg[2] == "echo" then echoes() else idle() end
