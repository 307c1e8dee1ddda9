-- Futures in lists, time limits, channels as iterators, pmap over what is no
-- plain list, and mistakes that must not go unsaid.
local cluster = require "cluster"
local array = require "array"
local t = require "prelude"
local manager, pids = t.start(3)

-- fetch and wait of a list wait for all.
local function later(seconds, ...) return cluster.spawnat("any", function(s, ...) cluster.sleep(s) return ... end, seconds, ...) end
local futures = { later(0.2, "a", "second"), later(0, "b"), 7, later(0.1) }
assert(not cluster.isready(futures))
t.equal(cluster.wait(futures), futures)
for i, f in ipairs(futures) do assert(cluster.isready(f), "entry " .. i .. " is not over") end
assert(cluster.isready(futures))
t.equal(cluster.fetch(futures), { "a", "b", 7 })
t.equal(cluster.fetch { one = later(0, 1), two = 2 }, { one = 1, two = 2 })
local plain, object = { 1, 2 }, setmetatable({ later(0) }, {})
assert(cluster.fetch(plain) == plain and cluster.fetch(object) == object and #cluster.fetch({}) == 0)
local failing = {
  later(0), cluster.spawnat("any", function() error("first") end),
  later(0.2), cluster.spawnat("any", function() error("other") end),
}
local e = t.fails("entry 2: first (and 1 more of 4 failed)", cluster.wait, failing)
assert(e.errors[4].message:find("other", 1, true) and not e.errors[3])
assert(cluster.isready(failing[3]), "a wait for all that failed did not wait for all")
t.fails("entry 2: first", cluster.fetch, failing)

-- a chunk that returns a future.
local results = cluster.mpido(manager, function()
  return cluster.spawnat(cluster.myid(), function(pid) return pid end, cluster.myid())
end)
local fetched = cluster.fetch(results)
for rank, pid in cluster.each(results) do t.equal(fetched[rank], pid:fetch()) end
t.equal(fetched[0], manager.mpi2j[0])

-- waitany and as_completed.
local slow, quick = later(0.4, "slow"), later(0, "quick")
local key, first = cluster.waitany { slow, quick }
assert(key == 2 and first == quick and first:fetch() == "quick")
t.equal({ cluster.waitany {} }, {})
local seen = {}
for i, f in cluster.as_completed { slow, quick, later(0.1, "middle") } do seen[#seen + 1] = f:fetch() .. i end
t.equal(seen, { "quick2", "middle3", "slow1" })
for _ in cluster.as_completed {} do error("nothing is there") end
for i, f in cluster.as_completed { failing[2] } do t.fails("first", cluster.fetch, f) end
t.fails("a list of futures expected", cluster.waitany, { 1, 2 })
t.fails("a list of futures expected", cluster.as_completed, later)

-- time limits.
local never = cluster.RemoteChannel(pids[2], 1)
for _, call in ipairs { "take", "fetch", "wait" } do
  e = t.fails(call .. ": an item of the channel on pid " .. pids[2] .. " did not come within", cluster[call], never, 0.05)
  t.equal(e.kind, "timeout")
end
local long = later(30)
for _, call in ipairs { "fetch", "wait" } do
  e = t.fails("did not come within 50ms", cluster[call], long, 0.05)
  t.equal(e.kind, "timeout")
  e = t.fails("all of the results did not come within", cluster[call], { quick, long }, 0.05)
  t.equal(e.kind, "timeout")
end
t.equal(t.fails("a result did not come within", cluster.waitany, { long }, 0).kind, "timeout")
t.equal(t.fails("a result did not come within", function() for _ in cluster.as_completed({ quick, long }, 0.3) do end end).kind, "timeout")
never:put("item")
t.equal(t.fails("room in the channel", cluster.put, never, "too many", 0.05).kind, "timeout")
t.equal(never:take(5), "item")
t.equal(t.fails("did not come within", cluster.take, never, 0).kind, "timeout") -- what had no room did not come in
never:put("late")
t.equal(never:take(0), "late")
-- A limit of 0 gets what is there, each time, and else costs a round trip; each of
-- 30 took 50 ms.
local mine = cluster.RemoteChannel(cluster.myid(), 2)
for _, ch in ipairs{ never, mine } do
  local _, begin = nil, os.time()
  for i = 1, 300 do
    t.equal(t.fails("did not come within", cluster.take, ch, 0).kind, "timeout")
    ch:put(i)
    t.equal(cluster.fetch(ch, 0), i)
    t.equal(ch:take(0), i)
  end
  assert(os.time() - begin < 12, "300 looks took " .. os.time() - begin .. " s")
end
local ready = cluster.remotecall(function() return 7 end, pids[1])
ready:wait()
for i = 1, 100 do
  t.equal(cluster.fetch({ ready, ready }, 0), { 7, 7 })
  t.equal((cluster.waitany({ long, ready }, 0)), 2)
end
t.fails("a number from 0 expected", cluster.take, never, -1)
t.fails("a number from 0 expected", cluster.fetch, long, "soon")
cluster.interrupt()

-- a channel is an iterator.
local channel = cluster.RemoteChannel(pids[1], math.huge)
for i = 1, 5 do channel:put(i) end
channel:close()
local sum = 0
for v in channel do sum = sum + v end
t.equal(sum, 15)
t.equal(t.fails("the channel is closed", cluster.take, channel).class, "closed")
channel = cluster.RemoteChannel()
channel:put(nil)
t.fails("the channel holds nil", function() for _ in channel do end end)

-- a future is not its result.
for what, f in pairs {
  index = function() return quick.value end, assign = function() quick.x = 1 end, call = function() return quick() end,
  add = function() return quick + 1 end, concat = function() return quick .. "" end, less = function() return quick < slow end,
} do
  e = t.fails("fetch it first", f)
  t.equal(e.kind, "argument")
end

for _, f in ipairs {
  function() return math.max(quick, 1) end, function() return unpack(quick) end, function() return table.concat({ quick }) end,
  function() return ("x"):rep(quick) end,
} do
  t.fails(": a future: fetch it first", f)
end
t.fails("'quick' is a future: fetch it first", function() return quick > 1 end)

-- pmap over what is no list is refused, not left out.
local function double(x) return 2 * x end
t.fails('this table has the key "c"', cluster.pmap, double, { 1, 2, c = 3 })
t.fails("this table has the key 0", cluster.pmap, double, { [0] = 1, 2 })
t.fails("this table has the key 1.5", cluster.pmap, double, { [1.5] = 1 })
t.fails("a list or an array expected", cluster.pmap, double, "abc")
t.equal(cluster.pmap(double, array.from { 1, 2, 3 }), { 2, 4, 6 })
t.equal(cluster.pmap(double, array.from { { 1, 2 }, { 3, 4 } }), { 2, 4, 6, 8 })
-- a list may have been filled in any order.
local filled = {}
for i = 50, 1, -1 do filled[i] = i end
local mapped = cluster.pmap(double, filled)
t.equal({ #mapped, mapped[1], mapped[50] }, { 50, 2, 100 })

-- on_result and ordered.
local log = {}
local out = cluster.pmap(function(s) cluster.sleep(s) return s end, { 0.4, 0.2, 0 }, {
  ordered = false, on_result = function(result, item, index) log[#log + 1] = index .. "=" .. result; assert(result == item) end,
})
t.equal(out, { 0, 0.2, 0.4 })
t.equal(log, { "3=0", "2=0.2", "1=0.4" })
log = {}
out = cluster.pmap(function(x) if x == 2 then error("no") end return { x } end, { 1, 2, 3 }, {
  on_error = function() return { "bad" } end, on_result = function(result, item, index) log[index] = result[1] end,
})
t.equal(log, { 1, "bad", 3 })
t.equal(out, { { 1 }, { "bad" }, { 3 } })
t.fails("enough", cluster.pmap, double, { 1, 2, 3 }, { on_result = function() error("enough") end })
t.fails("option 'ordered' must be true or false", cluster.pmap, double, {}, { ordered = 1 })

-- surplus arguments.
t.fails("bad argument #4 to 'pmap' (3 at most expected, got 5 as well)", cluster.pmap, double, { 1 }, {}, 5)
t.fails("bad argument #3 to 'take'", cluster.take, never, 1, 2)
t.equal(cluster.sleep(0, nil), nil)
t.fails("for several of them pass a list, as in cluster.wait{ a, b }", cluster.wait, quick, slow)
t.fails("for several of them pass a list", cluster.fetch, quick, slow)

-- a manager that comes back to the master is the manager.
local function run() return cluster.mpido(manager, function() return cluster.myid() end)[0] end
t.equal(cluster.remotecall_fetch(run, 1), manager.mpi2j[0])
t.equal(cluster.remotecall_fetch(function() return cluster.remotecall_fetch(function()
  return cluster.mpido(manager, function() return "by way of a worker" end)[0]
end, 1) end, pids[1]), "by way of a worker")
t.fails("manager:mpido is for the master", cluster.remotecall_fetch, function() return manager:mpido(print) end, pids[1])
t.equal(cluster.remotecall_fetch(function() return { manager.np, manager.pid2rank[cluster.myid()], #cluster.procs(manager) } end, pids[2]),
  { manager.np, manager.j2mpi[pids[2]], manager.np })

-- the result of mpido is no list: rank 0 would be left out in silence.
results = cluster.mpido(manager, function() return cluster.myid() end)
for what, f in pairs {
  length = function() return #results end, ipairs = function() for _ in ipairs(results) do end end, unpack = function() return unpack(results) end,
  concat = function() return table.concat(results) end, sort = function() table.sort(results) end,
} do
  t.fails("the result of mpido is no list", f)
end
local count = 0
for _ in pairs(results) do count = count + 1 end
t.equal(count, manager.np)

-- iterators travel by their name.
local stepped = cluster.remotecall_fetch(function(step, list, i, walk)
  local n = 0
  for _, v in step, list, i do n = n + v end
  for _, v in walk, list do n = n + v end
  return n
end, pids[1], (ipairs {}), { 1, 2, 3 }, 0, (pairs {}))
t.equal(stepped, 12)

-- a module of package.preload on the master is found on workers.
package.preload["preloaded.part"] = function(name) return { name = name, value = function() return 42 end } end
t.equal(cluster.remotecall_fetch(function() return require("preloaded.part").value() end, pids[1]), 42)
local part = require "preloaded.part"
t.equal(cluster.remotecall_fetch(function() return part.name end, pids[2]), "preloaded.part")
