-- Futures and channels are freed when nobody holds them any more, wherever
-- they have been.
local cluster = require "cluster"
local t = require "prelude"
local manager, pids = t.start(3)
local calls, futures, channels = tonumber(arg and arg[1]) or 3000, tonumber(arg and arg[2]) or 1000, tonumber(arg and arg[3]) or 200

local function collect()
  cluster.everywhere(function() collectgarbage() end)
  cluster.everywhere(function() collectgarbage() end)
  return cluster.status()
end

local function work(calls, futures, channels)
  for i = 1, calls do cluster.remotecall_fetch(function(x) return x end, pids[i % 3 + 1], i) end
  for i = 1, futures do cluster.remotecall(function(x) return { x } end, pids[i % 3 + 1], i) end
  for i = 1, channels do
    local ch = cluster.RemoteChannel(i % 4 + 1, 2)
    ch:put(i)
    if i % 2 == 0 then ch:take() end
  end
end
-- References that travel: to others, to and fro, inside values, in errors.
local function travel()
  for i = 1, 20 do
    local f = cluster.remotecall(function() return "kept" end, 2)
    local ch = cluster.RemoteChannel(3, 3)
    ch:put({ f = f, ch = ch }) -- a channel that holds itself
    t.equal(cluster.remotecall_fetch(function(x) return x.f:fetch() end, 4, { f = f }), "kept")
    local back = cluster.remotecall_fetch(function(x) return x, x end, 3, f)
    t.equal(back:fetch(), "kept")
    assert(back == f)
    t.equal(cluster.remotecall(function() return f, cluster.RemoteChannel(4) end, 4):fetch():fetch(), "kept")
    pcall(cluster.remotecall_fetch, function() error({ f }) end, 2)
    t.equal(cluster.pmap(function(x) return x:fetch() end, { f, f, f })[3], "kept")
    t.equal(#cluster.pmap(function(x) return cluster.RemoteChannel(2) end, { 1, 2, 3 }), 3)
    cluster.remote_do(function(f) f:fetch() end, 3, f)
    ch:take()
  end
end
work(300, 100, 50)
travel() -- makes links between the workers
collect()
local before = collect()
t.equal(before.values, 0)
work(calls, futures, channels)
travel()
local after
assert(cluster.timedwait(function() after = collect() return after.values == 0 end, 10) == "ok",
  "values are left: " .. after.futures .. " futures, " .. after.channels .. " channels, " .. after.references .. " references")
t.equal(after.references, 0)
t.equal(after.running, before.running)
if arg and arg[1] then
  for _, pid in ipairs(cluster.procs()) do
    print(pid, before[pid].heap, after[pid].heap, after[pid].heap / before[pid].heap)
    assert(after[pid].heap < 1.1 * before[pid].heap, "the heap of pid " .. pid .. " has grown")
  end
end

-- What is held stays, also by others alone, also while it is on its way.
local kept = cluster.remotecall(function() return { 1, 2, 3 } end, 2)
cluster.remotecall_fetch(function(f) held = f end, 3, kept)
kept = nil
collect()
collect()
t.equal(cluster.status().futures, 1)
t.equal(cluster.remotecall_fetch(function() return held:fetch()[3] end, 3), 3)
cluster.remote_do(function() held = nil end, 3)
t.equal(cluster.timedwait(function() return collect().values == 0 end, 10), "ok")

-- What a rank returns to an mpido that ends in an error or by its time is freed.
local first = pids[1]
t.fails("longer than its timeout", manager.mpido, manager, { timeout = 0.3, chunk = function()
  if cluster.myid() == first then return { cluster.RemoteChannel(), cluster.remotecall(function() return 1 end, first) } end
  while true do end
end })
t.fails("fails on purpose", cluster.mpido, manager, function()
  if cluster.myid() == first then return cluster.RemoteChannel() end
  error "fails on purpose"
end)
t.equal(cluster.timedwait(function() return collect().values == 0 end, 10), "ok")
