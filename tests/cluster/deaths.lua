-- Workers that die: who waits for them hears of it, and pmap goes on.
local cluster = require "cluster"
local t = require "prelude"
if not t.launched() then return end
local manager, pids = t.start(4)
local die = t.die

local on5 = cluster.RemoteChannel(5, 1)
local future = cluster.remotecall(function() cluster.sleep(60) end, 5)
-- A worker, and a task of the master, wait for what lives on 5.
local third = cluster.remotecall(function(f) return pcall(cluster.fetch, f) end, 3, future)
local taker = cluster.remotecall(function(ch) return pcall(cluster.take, ch) end, 2, on5)
cluster.sleep(0.1)
local e = t.fails("worker lost on host", cluster.remotecall_fetch, die, 5)
t.equal(e.kind, "lost")
t.equal(e.pid, 5)
t.fails("worker lost on host", cluster.wait, future)
t.fails("worker lost on host", cluster.take, on5)
t.fails("worker lost on host", cluster.put, on5, 1)
t.fails("worker lost on host", cluster.remotecall_fetch, cluster.myid, 5)
for _, waiting in ipairs { third, taker } do
  local ok, e = waiting:fetch()
  assert(not ok and e.kind == "lost" and e.pid == 5, tostring(e))
  assert(tostring(e):find("worker lost on host", 1, true), tostring(e))
end
t.equal(cluster.procs(), { 1, 2, 3, 4 })
t.equal(cluster.remotecall_fetch(cluster.procs, 3), { 1, 2, 3, 4 })
t.fails("worker lost", cluster.remotecall_fetch, function() return cluster.remotecall_fetch(cluster.myid, 5) end, 2)

-- The item of a worker that dies is tried on a survivor.
local died = cluster.RemoteChannel(1, math.huge)
local function once(x)
  if x == 7 and not died:isready() then
    died:put(cluster.myid())
    die()
  end
  return x * x
end
local list = {}
for i = 1, 20 do list[i] = i end
for i, v in ipairs(cluster.pmap(once, list)) do t.equal(v, i * i) end
t.equal(cluster.nworkers(), 2)
assert(died:isready())

-- With none left, on another manager's worker.
local second = cluster.MPIManager{ np = 1 }
local sixth = cluster.addprocs(second)[1]
local pool = cluster.WorkerPool(cluster.procs(manager))
for _, v in ipairs(cluster.pmap(function(x)
  if cluster.myid() ~= sixth then die() end
  return cluster.myid()
end, { 1, 2 }, { pool = pool })) do t.equal(v, sixth) end
t.equal(cluster.procs(), { 1, sixth })

-- With none at all, after a restart of the job.
cluster.everywhere("defined = 'yes'")
died:take()
local ran = cluster.pmap(function(x)
  if not died:isready() then
    died:put(1)
    die()
  end
  return defined .. x
end, { 1, 2, 3 })
t.equal(ran, { "yes1", "yes2", "yes3" })

-- An item that kills three workers is given up.
e = t.fails("item 2: given up, because three workers died with it", cluster.pmap, function(x)
  if x == 2 then die() end
  return x
end, { 1, 2, 3 })
t.equal(e.kind, "lost")
t.equal(cluster.workers(), { 1 })
second:restart()
local with = cluster.pmap(function(x)
  if x == 2 then die() end
  return x
end, { 1, 2, 3 }, { on_error = function(e, item) return "lost " .. item end })
t.equal(with, { 1, "lost 2", 3 })

-- Three, not all of a job; and what the others were at is not to blame.
local third = cluster.MPIManager{ np = 5 }
cluster.addprocs(third)
e = t.fails("item 4: given up", cluster.pmap, function(x)
  if x == 4 then die() end
  cluster.sleep(0.02)
  return x
end, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, { pool = cluster.WorkerPool(cluster.procs(third)) })
t.equal(#cluster.procs(third), 2)
