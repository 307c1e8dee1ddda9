-- everywhere, also for workers that come later, and what is known about them.
local cluster = require "cluster"
local t = require "prelude"

t.equal(cluster.workers(), { 1 })
t.equal(cluster.nworkers(), 1)
t.equal(cluster.pmap(function(x) return x + cluster.myid() end, { 1, 2 }), { 2, 3 })
t.equal(cluster.distributed("+", 1, 10, function(i) return i end), 55)
t.equal(cluster.fetch(cluster.spawnat("any", cluster.myid)), 1)
if t.launched() then
  cluster.everywhere("early = cluster and 'no' or 'yes'") -- before there are workers
end
local manager, pids = t.start(3)
if t.launched() then
  for _, pid in ipairs(cluster.procs()) do t.equal(cluster.remotecall_fetch(function() return early end, pid), "yes") end
end

local seen = cluster.RemoteChannel(1, 10)
cluster.everywhere(function(a, b)
  f = function(x) return x * a + b end
  seen:put(cluster.myid())
end, 2, 1)
local last
for i = 1, 4 do last = seen:take() end
t.equal(last, 1) -- the master comes last
for _, pid in ipairs(cluster.procs()) do t.equal(cluster.remotecall_fetch(function() return f(20) end, pid), 41) end
cluster.everywhere{ chunk = function(x) only = x end, args = { 5 }, pids = { 3, 1 } }
for _, pid in ipairs(cluster.procs()) do
  t.equal(cluster.remotecall_fetch(function() return only end, pid), (pid == 3 or pid == 1) and 5 or nil)
end
cluster.everywhere{ chunk = "never = 1", pids = {} }
assert(never == nil)

-- From a worker as well.
cluster.remotecall_fetch(function() cluster.everywhere("from = ...", cluster.myid()) end, 3)
for _, pid in ipairs(cluster.procs()) do t.equal(cluster.remotecall_fetch(function() return from end, pid), 3) end

-- One error for all.
local e = t.fails("pids 2-4 (3 of 4): everywhere.lua:39: boom", cluster.everywhere, function() error("boom") end)
assert(e.errors[manager.j2mpi[2]].pid == 2)
e = t.fails(": one", cluster.everywhere, function() if cluster.myid() == 3 then error("one") end end)
t.equal(e.pid, 3)
t.fails("everywhere has no option 'pid'", cluster.everywhere, { chunk = "x = 1", pid = 2 })

if t.launched() then
  -- Workers that come later have it all.
  local second = cluster.MPIManager{ np = 2 }
  t.equal(cluster.addprocs(second), { 5, 6 })
  t.equal(cluster.procs(), { 1, 2, 3, 4, 5, 6 })
  t.equal(cluster.procs(manager), { 2, 3, 4 })
  t.equal(cluster.procs(second), { 5, 6 })
  t.equal(cluster.mpiprocs(second), { 0, 1 })
  for _, pid in ipairs(cluster.procs()) do
    t.equal(cluster.remotecall_fetch(cluster.nprocs, pid), 6)
    t.equal(cluster.remotecall_fetch(function() return f(1) + from end, pid), 6)
  end
  t.equal(cluster.remotecall_fetch(function(m) return cluster.procs(m), cluster.mpiprocs(m) end, 5, manager), { 2, 3, 4 })
  -- From a worker of one manager to one of the other.
  t.equal(cluster.remotecall_fetch(cluster.remotecall_fetch, 2, cluster.myid, 6), 6)

  -- A fresh job: new pids, the same definitions.
  local fresh = manager:restart()
  t.equal(fresh, { 7, 8, 9 })
  t.equal(cluster.procs(), { 1, 5, 6, 7, 8, 9 })
  t.equal(cluster.procs(manager), { 7, 8, 9 })
  t.equal(cluster.remotecall_fetch(function() return f(1) + from end, 8), 6)
  t.equal(cluster.mpido(manager, function() return f(0) end)[2], 1)
  t.fails("pid 2", cluster.remotecall_fetch, cluster.myid, 2)

  -- rmprocs: some retire, all end.
  local kept = cluster.RemoteChannel(6, 1)
  cluster.rmprocs(5)
  t.equal(cluster.procs(), { 1, 6, 7, 8, 9 })
  t.equal(cluster.procs(second), { 6 })
  t.fails("removed with cluster.rmprocs", cluster.remotecall_fetch, cluster.myid, 5)
  t.fails("removed with cluster.rmprocs", cluster.remotecall_fetch, cluster.remotecall_fetch, 7, cluster.myid, 5)
  t.equal(cluster.mpido(second, function() return cluster.myid() end)[1], 6)
  local waiting = cluster.remotecall(function(ch) return ch:take() end, 7, kept)
  cluster.rmprocs({ 6 }, { waitfor = 5 })
  t.equal(cluster.procs(), { 1, 7, 8, 9 })
  t.fails("", cluster.fetch, waiting)
  t.fails("closed", cluster.mpido, second, "return 1")
  local busy = cluster.remotecall(function() cluster.sleep(60) end, 9)
  e = t.fails("still at work", cluster.rmprocs, { 9 }, { waitfor = 0.05 })
  t.equal(e.kind, "timeout")
  cluster.interrupt(9)
  t.fails("interrupted", cluster.wait, busy)
  t.fails("is the master", cluster.rmprocs, 1)
  t.fails("there is no process with pid 77", cluster.rmprocs, { 77 })
end

-- From inside itself it would wait for its own end.
t.fails("cannot be called from inside everywhere", cluster.everywhere, function() cluster.everywhere("x = 1") end)
