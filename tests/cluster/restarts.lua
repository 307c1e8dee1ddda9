-- Restarts beside one another, beside chunks that wait for their turn, and beside
-- a pmap that has lost its workers: one fresh job, which all of them use.
local cluster = require "cluster"
local t = require "prelude"
if not t.launched() then
  t.start(3)
  return
end

local m = cluster.MPIManager{ np = 2 }
cluster.addprocs(m)
local both = { cluster.remotecall(function() return #m:restart() end, 1), cluster.remotecall(function() return #m:restart() end, 1) }
for _, f in ipairs(both) do t.equal(f:fetch(), 2) end
t.equal(cluster.nworkers(), 2)
t.equal(#cluster.procs(m), 2)

-- A chunk that was asked for while the job is exchanged runs on the fresh one.
local first = cluster.remotecall(function() cluster.mpido(m, function() require("cluster").sleep(0.3) end) end, 1)
cluster.sleep(0.05)
local restart = cluster.remotecall(function() return #m:restart() end, 1)
cluster.sleep(0.05)
local second = cluster.remotecall(function() return cluster.mpido(m, function() return 5 end)[0] end, 1)
first:fetch()
t.equal(restart:fetch(), 2)
t.equal(second:fetch(), 5)

-- A pmap whose workers died finds those of the job that somebody else has started.
local last = cluster.workers()[2]
local squares = cluster.remotecall(function()
  return cluster.pmap(function(x)
    local cluster = require "cluster"
    cluster.sleep(0.1)
    if x == 2 and cluster.myid() <= last then t.die() end
    return x * x
  end, { 1, 2, 3, 4 })
end, 1)
cluster.sleep(0.15)
m:restart()
t.equal(squares:fetch(), { 1, 4, 9, 16 })
t.equal(cluster.nworkers(), 2)
m:close()
t.equal(#cluster.procs(), 1)
