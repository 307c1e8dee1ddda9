-- interrupt stops what processes run, and leaves them usable. sleep, timedwait.
local cluster = require "cluster"
local t = require "prelude"
local manager, pids = t.start(3)

local things = {
  loop = function() while true do end end,
  ["a loop in a coroutine"] = function() coroutine.wrap(function() while true do end end)() end,
  ["a loop below pcall"] = function() while true do pcall(function() while true do end end) end end,
  sleep = function() cluster.sleep(1000) end,
  take = function() cluster.RemoteChannel():take() end,
  put = function() cluster.RemoteChannel(4, 0):put(1) end,
  fetch = function() cluster.fetch(cluster.remotecall(function() cluster.sleep(1000) end, 4)) end,
  ["remotecall_fetch"] = function() cluster.remotecall_fetch(function() while true do end end, 3) end,
  timedwait = function() cluster.timedwait(function() return false end, math.huge) end,
  pmap = function() cluster.pmap(function() while true do end end, { 1, 2, 3 }, { pool = cluster.WorkerPool { 3, 4 } }) end,
  distributed = function() cluster.distributed("+", 1, 2, function() while true do end end) end,
  everywhere = function() cluster.everywhere{ chunk = function() while true do end end, pids = { 3 } } end,
}
for name, f in pairs(things) do
  local running = cluster.remotecall(f, 2)
  cluster.sleep(0.03)
  assert(not running:isready(), name)
  cluster.interrupt()
  local ok, e = pcall(cluster.fetch, running)
  assert(not ok and e.kind == "interrupted", name .. ": " .. tostring(e))
  for _, pid in ipairs(pids) do t.equal(cluster.remotecall_fetch(cluster.myid, pid), pid) end
end

-- Only those that are named; others go on.
local on2 = cluster.remotecall(function() cluster.sleep(0.2) return "done" end, 2)
local on3 = cluster.remotecall(function() cluster.sleep(60) end, 3)
cluster.sleep(0.02)
cluster.interrupt(3)
t.fails("interrupted by pid 1", cluster.fetch, on3)
t.equal(on2:fetch(), "done")
-- A worker may interrupt another one.
local begun = cluster.RemoteChannel(1, 2)
on3 = cluster.remotecall(function() begun:put(true) while true do end end, 3)
begun:take() -- what different processes send arrives in any order
cluster.remotecall_fetch(cluster.interrupt, 4, { 3 })
t.fails("interrupted by pid 4", cluster.fetch, on3)

-- Chunks of mpido are stopped as well, and the next one starts clean.
local stopper = cluster.remotecall(function()
  begun:take() begun:take()
  cluster.interrupt { 2, 3 }
end, 4)
local e = t.fails("interrupted", cluster.mpido, manager, function()
  if cluster.myid() == 2 or cluster.myid() == 3 then begun:put(true) end
  if cluster.myid() < 4 then while true do end end
end)
stopper:wait()
t.equal(cluster.mpido(manager, function() return cluster.myid() end)[manager.j2mpi[3]], 3)

-- timedwait and sleep.
t.equal(cluster.timedwait(function() return true end, 0), "ok")
t.equal(cluster.timedwait(function() return false end, 0.02), "timed_out")
local flag = false
cluster.remotecall(function() cluster.sleep(0.05) cluster.remote_do(function() raised_flag = true end, 1) end, 2)
t.equal(cluster.timedwait(function() return raised_flag end, 10), "ok")
t.fails("bad argument #1 'seconds' to 'sleep'", cluster.sleep, -1)
t.fails("bad argument #2 'seconds' to 'timedwait'", cluster.timedwait, print, "x")
