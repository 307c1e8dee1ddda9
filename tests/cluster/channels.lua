-- Channels.
local cluster = require "cluster"
local t = require "prelude"
local manager, pids = t.start(3)

for _, where in ipairs(cluster.procs()) do
  local ch = cluster.RemoteChannel(where, 2)
  t.equal(tostring(ch), "channel(on pid " .. where .. ")")
  assert(not ch:isready() and ch:isopen())
  assert(ch:put(1) == ch)
  cluster.put(ch, { x = "y" })
  assert(cluster.isready(ch))
  t.equal(ch:fetch(), 1) -- stays there
  t.equal(cluster.take(ch), 1)
  t.equal(ch:take(), { x = "y" })
  ch:put(nil)
  assert(ch:take() == nil)
  ch:close()
  assert(not ch:isopen())
  t.fails("the channel is closed", ch.put, ch, 1)
  t.fails("the channel is closed", ch.take, ch)
end

-- What is in a closed channel can be taken.
local ch = cluster.RemoteChannel(2, 10)
for i = 1, 5 do ch:put(i) end
ch:close()
for i = 1, 5 do t.equal(ch:take(), i) end
t.fails("closed", cluster.take, ch)

-- Producers and consumers in other processes; a full channel makes them wait.
local jobs, results = cluster.RemoteChannel(1, 3), cluster.RemoteChannel(4, math.huge)
local function consumer()
  local n = 0
  while true do
    local ok, job = pcall(cluster.take, jobs)
    if not ok then return n end
    results:put({ job, job * job, cluster.myid() })
    n = n + 1
  end
end
local consumers = {}
for i, pid in ipairs(pids) do consumers[i] = cluster.remotecall(consumer, pid) end
for i = 1, 100 do jobs:put(i) end
local sum = 0
for i = 1, 100 do
  local r = results:take()
  t.equal(r[2], r[1] * r[1])
  sum = sum + r[1]
end
t.equal(sum, 5050)
jobs:close()
local n = 0
for _, c in ipairs(consumers) do n = n + c:fetch() end
t.equal(n, 100)

-- Order: what one process puts comes out in its order.
local line = cluster.RemoteChannel(3, 5)
local putter = cluster.remotecall(function(ch) for i = 1, 200 do ch:put(i) end end, 2, line)
for i = 1, 200 do t.equal(line:take(), i) end
putter:fetch()

-- Capacity 0 hands over.
local hand = cluster.RemoteChannel(2, 0)
local giver = cluster.remotecall(function(ch) ch:put("a") ch:put("b") return "done" end, 3, hand)
assert(cluster.timedwait(function() return hand:isready() end, 5) == "ok")
assert(not giver:isready())
t.equal(hand:take(), "a")
t.equal(hand:take(), "b")
t.equal(giver:fetch(), "done")

-- wait, and a waiting taker that another process feeds.
local bell = cluster.RemoteChannel()
local ringer = cluster.remotecall(function(ch) cluster.sleep(0.05) ch:put("ring") end, 4, bell)
assert(cluster.wait(bell) == bell)
t.equal(bell:take(), "ring")

-- Channels and futures travel: in arguments, results, channels, tables.
local inner = cluster.RemoteChannel(2, 1)
local outer = cluster.RemoteChannel(3, 1)
outer:put({ ch = inner, f = cluster.remotecall(function() return "deep" end, 4) })
inner = nil
collectgarbage()
local got = cluster.remotecall_fetch(function(outer)
  local x = outer:take()
  x.ch:put(x.f:fetch())
  return x
end, 4, outer)
t.equal(got.ch:take(), "deep")
t.equal(got.f:fetch(), "deep")
local same = cluster.remotecall_fetch(function(a) return a end, 2, ch)
assert(same == ch)

-- Functions and arrays go through as well.
local array = require "array"
local box = cluster.RemoteChannel(2, 4)
box:put(array.range(1, 1000))
box:put(function(x) return x + #pids end)
assert(box:take() == array.range(1, 1000))
t.equal(box:take()(1), 4)

t.fails("a channel expected", cluster.put, 7, 1)
t.fails("attempt to call method 'putt' (a nil value): did you mean box:put?", function() box:putt(1) end)
t.fails("capacity", cluster.RemoteChannel, 2, -1)
t.fails("there is no process with pid 9", cluster.RemoteChannel, 9)
