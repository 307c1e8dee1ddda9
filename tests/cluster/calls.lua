-- Calls of all kinds from all processes to all processes.
local cluster = require "cluster"
local t = require "prelude"
local manager, pids = t.start(3)

-- Who is here.
t.equal(cluster.myid(), 1)
t.equal(cluster.procs(), { 1, 2, 3, 4 })
t.equal(cluster.workers(), { 2, 3, 4 })
t.equal(cluster.nprocs(), 4)
t.equal(cluster.nworkers(), 3)
for _, pid in ipairs(pids) do
  t.equal(cluster.remotecall_fetch(cluster.myid, pid), pid)
  t.equal(cluster.remotecall_fetch(cluster.procs, pid), { 1, 2, 3, 4 })
  t.equal(cluster.remotecall_fetch(cluster.nworkers, pid), 3)
end

-- All values come back, and a call to oneself copies.
local a, b, c, n = cluster.remotecall_fetch(function(...) return 1, nil, "x", select("#", ...) end, 3, nil, nil)
assert(a == 1 and b == nil and c == "x" and n == 2)
local mine = { 1 }
local got = cluster.remotecall_fetch(function(x) x[1] = 2 return x end, 1, mine)
assert(mine[1] == 1 and got[1] == 2)
t.equal(cluster.remotecall_fetch("local a, b = ... return a .. b", 2, "x", "y"), "xy")

-- Futures.
local f = cluster.remotecall(function(x) return x * 2, "second" end, 2, 21)
assert(tostring(f) == "future(on pid 2)" and f.where == 2)
assert(cluster.wait(f) == f and cluster.isready(f))
t.equal({ cluster.fetch(f) }, { 42, "second" })
t.equal({ f:fetch() }, { 42, "second" })
t.equal(cluster.fetch(7), 7)
t.equal(cluster.fetch(nil), nil)
assert(cluster.isready(7))
local t1 = cluster.remotecall(function() return { 1 } end, 3)
assert(t1:fetch() == t1:fetch(), "a second fetch is local")
assert(cluster.remotecall_wait(cluster.myid, 4):fetch() == 4)
local mineToo = cluster.remotecall(function() return cluster.myid() end, 1)
t.equal(mineToo:fetch(), 1)

-- spawnat "any" takes turns.
local seen = {}
for i = 1, 6 do
  local pid = cluster.spawnat("any", cluster.myid):fetch()
  seen[pid] = (seen[pid] or 0) + 1
end
t.equal(seen, { [2] = 2, [3] = 2, [4] = 2 })
t.equal(cluster.fetch(cluster.spawnat(4, function(x) return cluster.myid() + x end, 1)), 5)

-- remote_do sends nothing back.
assert(select("#", cluster.remote_do(function() done = cluster.myid() end, 2)) == 0)
t.equal(cluster.remotecall_fetch(function() return done end, 2), 2)

-- A call nested from worker to worker to worker, and back to the master.
t.equal(cluster.remotecall_fetch(function()
  return cluster.remotecall_fetch(function()
    return cluster.remotecall_fetch(function()
      return cluster.remotecall_fetch(cluster.myid, 1) * 1000 + cluster.myid()
    end, 2)
  end, 4)
end, 2), 1002)

-- Two workers that call each other at the same time, often.
local function pingpong(to, n)
  local sum = 0
  for i = 1, n do sum = sum + cluster.remotecall_fetch(function(x) return x + 1 end, to, i) end
  return sum
end
local one, two = cluster.remotecall(pingpong, 2, 3, 200), cluster.remotecall(pingpong, 3, 2, 200)
t.equal(one:fetch(), 200 * 203 / 2)
t.equal(two:fetch(), 200 * 203 / 2)

-- A worker that calls the master while the master waits for it.
t.equal(cluster.remotecall_fetch(function()
  local sum = 0
  for i = 1, 50 do sum = sum + cluster.remotecall_fetch(function() return cluster.myid() end, 1) end
  return sum
end, 3), 50)

-- Calls from one process to another start in the order in which they were
-- made, also when links are made meanwhile from both ends.
cluster.everywhere("order = {}")
local function many(to, n)
  for i = 1, n do cluster.remote_do(function(from, i) order[from] = order[from] or {} order[from][#order[from] + 1] = i end, to, cluster.myid(), i) end
  return cluster.remotecall_fetch(function(from) return order[from] end, to, cluster.myid())
end
local futures = {}
for _, from in ipairs(cluster.procs()) do
  for _, to in ipairs(cluster.procs()) do
    futures[#futures + 1] = cluster.remotecall(many, from, to, 100)
  end
end
for _, future in ipairs(futures) do
  local list = future:fetch()
  assert(#list == 100)
  for i, v in ipairs(list) do assert(i == v, "call " .. v .. " came as number " .. i) end
end

-- Errors.
local e = t.fails("calls.lua:100: boom", cluster.remotecall_fetch, function() error("boom") end, 3)
assert(e.kind == "script" and e.pid == 3 and e.rank == manager.j2mpi[3] and e.traceback:find("calls.lua:100", 1, true), tostring(e))
e = t.fails("rank", cluster.remotecall_fetch, function() error({ code = 7 }) end, 2)
t.equal(e.value.code, 7)
local failing = cluster.remotecall(function() error("late") end, 2)
t.fails("late", cluster.wait, failing)
t.fails("late", cluster.fetch, failing)
t.fails("late", cluster.remotecall_wait, function() error("late") end, 2)
e = t.fails("nested", cluster.remotecall_fetch, function()
  cluster.remotecall_fetch(function() error("nested") end, 4)
end, 2)
t.equal(e.pid, 4)
t.fails("there is no process with pid 17", cluster.remotecall_fetch, print, 17)
t.fails("there is no process with pid 17", cluster.remotecall, print, 17)
t.fails("there is no process with pid 17", cluster.remotecall_fetch, cluster.remotecall_fetch, 2, print, 17)
t.fails("bad argument #2 'pid' to 'remotecall_fetch'", cluster.remotecall_fetch, print, "2")
for _, call in ipairs{ "remotecall", "remotecall_fetch", "remotecall_wait", "remote_do", "pmap", "everywhere" } do
  t.fails("bad argument #1 to '" .. call .. "' (a function or a string of Lua source expected, got 7)", cluster[call], 7, 2)
end
t.fails("bad argument #2 to 'spawnat' (a function or a string of Lua source expected, got nil)", cluster.spawnat, 2)
t.fails("bad argument #2 to 'mpido' (a function or a string of Lua source expected, got 42)", cluster.mpido, manager, 42)
t.fails("bad argument #4 to 'distributed' (a function or a string of Lua source expected, got a table)", cluster.distributed, "+", 1, 2, {})
t.fails("mpido: option 'chunk' must be a function or a string of Lua source, got nil", manager.mpido, manager, {})
t.fails("everywhere: option 'chunk' must be a function or a string of Lua source, got 7", cluster.everywhere, { chunk = 7 })
t.fails("attempt to call global 'nosuch' (a nil value): it is not defined on pid 2", cluster.remotecall_fetch, function() nosuch() end, 2)
t.fails("cannot send", cluster.remotecall_fetch, function(co) end, 2, coroutine.create(function() end))
local function thread()
  return coroutine.create(function() end)
end
local place = "calls.lua:" .. debug.getinfo(thread, "S").linedefined + 1 .. ": "
for _, call in ipairs{ cluster.remotecall_fetch, cluster.remotecall_wait } do
  e = t.fails("cannot send the result: it is a coroutine", call, thread, 2)
  t.equal(e.message, place .. "cannot send the result: it is a coroutine")
end
e = t.fails("item 1: cannot send the result: it is a coroutine", cluster.pmap, thread, { 1 })
t.equal(e.message, place .. "item 1: cannot send the result: it is a coroutine")
e = t.fails("cannot send the result: it is a coroutine", cluster.remotecall_fetch, thread, cluster.CachingPool(pids))
t.equal(e.message, place .. "cannot send the result: it is a coroutine")
t.fails("is for the master", cluster.remotecall_fetch, function(m) return cluster.mpido(m, "return 1") end, 2, manager)

-- A manager that travels is a table that tells what it was like.
local np, rank, pid = cluster.remotecall_fetch(function() return manager.np, manager.j2mpi[3], manager.rank2pid[manager.pid2rank[4]] end, 2)
assert(np == manager.np and rank == manager.j2mpi[3] and pid == 4)

-- Globals that a chunk of mpido sets are there for calls.
cluster.mpido(manager, function() own_pid = cluster.myid() end)
for pid in pairs(manager.j2mpi) do
  t.equal(cluster.remotecall_fetch(function() return own_pid end, pid), pid)
end
