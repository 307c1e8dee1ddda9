-- Calls of two workers, in microseconds.  Run by `make bench`.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{ np = 2 }
local pids = cluster.addprocs(manager)

local function empty() end
local function echo(x) return x end
local function increase(x) return x + 1 end

-- The best of five rounds.
local function report(name, times, items, step)
  step()
  local best = math.huge
  for round = 1, 5 do
    local begin = mpi.Wtime()
    for i = 1, times do step() end
    best = math.min(best, (mpi.Wtime() - begin) / times / items * 1e6)
  end
  print(name, best)
end

report("call-empty", 1000, 1, function() cluster.remotecall_fetch(empty, pids[1]) end)
for _, n in ipairs{ 1000, 1000000 } do
  local a = array.range(1, n)
  report("echo-" .. n, 2e6 / n > 200 and 200 or 10, 1, function()
    local b = cluster.remotecall_fetch(echo, pids[1], a)
    assert(#b == n and b[n] == n)
  end)
end
local items = {}
for i = 1, 5000 do items[i] = i end
report("map-5000", 1, #items, function()
  local results = cluster.pmap(increase, items)
  assert(results[1] == 2 and results[5000] == 5001)
end)
