-- distributed, pmap, pools.
local cluster = require "cluster"
local t = require "prelude"
local manager, pids = t.start(3)

-- distributed: blocks in worker order that differ by one at most.
t.equal(cluster.distributed("+", 1, 10, function(i) return i ^ 2 end), 385)
local function blocks(n)
  return cluster.distributed(function(a, b)
    local all = {}
    for _, list in ipairs { a, b } do
      for _, v in ipairs(list) do all[#all + 1] = v end
    end
    return all
  end, 1, n, function(i) return { { i, cluster.myid() } } end)
end
for n = 1, 10 do
  local sizes = {}
  for i, v in ipairs(blocks(n)) do
    t.equal(v[1], i)
    sizes[v[2]] = (sizes[v[2]] or 0) + 1
    assert(i == 1 or v[2] >= blocks(n)[i - 1][2])
  end
  for i, pid in ipairs(pids) do
    local want = math.floor(n / 3) + (i <= n % 3 and 1 or 0)
    t.equal(sizes[pid], want > 0 and want or nil)
  end
end
t.equal(cluster.distributed("..", 1, 7, function(i) return i end), "1234567")
t.equal(cluster.distributed("*", 1, 6, function(i) return i end), 720)
t.equal(cluster.distributed("min", 1, 6, function(i) return (i - 4) ^ 2 end), 0)
t.equal(cluster.distributed("max", 1, 6, function(i) return (i - 4) ^ 2 end), 9)
t.equal(cluster.distributed("and", 1, 6, function(i) return i < 4 end), false)
t.equal(cluster.distributed("or", 1, 6, function(i) return i > 5 end), true)
t.equal(cluster.distributed("+", 10, 1, -3, function(i) return i end), 22)
t.equal(cluster.distributed("..", 0, 1, 0.25, function(i) return i .. " " end), "0 0.25 0.5 0.75 1 ")
t.equal(cluster.distributed("+", 1, 0, function(i) return i end), nil)
t.equal(cluster.distributed("+", 5, 5, function(i) return i end), 5)
t.equal(cluster.distributed("+", 1, 4, "return (...) * 10"), 100)
local done = cluster.distributed(nil, 1, 9, function(i) ran = (ran or 0) + 1 end)
assert(done:fetch() == nil)
local runs = 0
for _, pid in ipairs(pids) do runs = runs + cluster.remotecall_fetch(function() return ran end, pid) end
t.equal(runs, 9)
assert(cluster.distributed(nil, 1, 0, function() end):fetch() == nil)
local e = t.fails("loops.lua:47: index 8: bad", cluster.distributed, "+", 1, 9, function(i)
  if i == 8 then error("bad") end
  return i
end)
t.equal(e.message, "loops.lua:47: index 8: bad") -- the place once
t.equal(e.pid, 4)
t.equal(e.rank, manager.j2mpi[4])
t.fails("index 2: ", cluster.fetch, cluster.distributed(nil, 1, 3, function(i) if i == 2 then error("x") end end))
t.fails("bad argument #1 'reducer' to 'distributed'", cluster.distributed, "-", 1, 3, function() end)
t.fails("bad argument #4 'step' to 'distributed'", cluster.distributed, "+", 1, 3, 0, function() end)
t.fails("bad argument #3 'last' to 'distributed'", cluster.distributed, "+", 1, "x", function() end)

-- pmap.
local list = {}
for i = 1, 100 do list[i] = i end
local function squares(result, n)
  t.equal(#result, n or 100)
  for i, v in ipairs(result) do t.equal(v, i * i) end
end
local square = function(x) return x * x end
squares(cluster.pmap(square, list))
squares(cluster.pmap(square, list, { batch_size = 7 }))
squares(cluster.pmap(square, list, { batch_size = "auto" }))
squares(cluster.pmap("local x = ... return x * x", list))
t.equal(cluster.pmap(square, {}), {})
t.equal(cluster.pmap(function(x) if x ~= 2 then return x, "more" end end, { 1, 2, 3 }), { 1, nil, 3 })
local holes = cluster.pmap(function(x) return x == nil and "hole" or x end, { 1, nil, 3 })
t.equal(holes, { 1, "hole", 3 })

-- What f captured is the same for each item, however they are spread.
local count = 0
local function counting(x) count = count + 1 return count end
for _, size in ipairs { 1, 5 } do
  for _, v in ipairs(cluster.pmap(counting, list, { batch_size = size })) do t.equal(v, 1) end
end
assert(count == 0)

-- All workers take part, each at one item at a time.
cluster.everywhere("busy = 0")
local who = cluster.pmap(function(i)
  assert(busy == 0)
  busy = busy + 1
  cluster.sleep(0.002)
  busy = busy - 1
  return cluster.myid()
end, list)
local n = {}
for _, pid in ipairs(who) do n[pid] = (n[pid] or 0) + 1 end
assert(n[2] > 10 and n[3] > 10 and n[4] > 10)

-- The first error stops it, unless on_error says what to take instead.
cluster.everywhere("calls = 0")
local function shaky(x)
  calls = calls + 1
  if x == 50 then error("no " .. x) end
  return x * x
end
for _, size in ipairs { 1, 7, "auto" } do
  e = t.fails(": no 50", cluster.pmap, shaky, list, { batch_size = size })
  assert(e.kind == "script" and e.errors[e.rank].message:find("no 50"))
  local with = cluster.pmap(shaky, list, { batch_size = size, on_error = function(e, item) return item .. e.message end })
  assert(with[50]:find("^50loops.lua:%d+: no 50$") and with[51] == 51 * 51)
end
t.fails("give up", cluster.pmap, shaky, list, { on_error = function() error("give up") end })

-- Retries.
local attempts = cluster.RemoteChannel(1, math.huge)
local function third(x)
  attempts:put(x)
  local n = cluster.remotecall_fetch(function(x) tries = tries or {} tries[x] = (tries[x] or 0) + 1 return tries[x] end, 1, x)
  if x % 10 == 0 and n < 3 then error("try " .. n) end
  return x * x
end
squares(cluster.pmap(third, list, { retry_delays = { 0, 0.01 } }))
tries = nil
squares(cluster.pmap(third, list, { retry_delays = { 0.01, 0 }, batch_size = 8, retry_check = function(e) return e.message:find("try") end }))
tries = nil
e = t.fails(": try 2", cluster.pmap, third, { 1, 2, 3, 4, 5, 6, 7, 8, 9, 10 }, { retry_delays = { 0 } })
tries = nil
t.fails("try 1", cluster.pmap, third, list, { retry_delays = { 0, 0, 0 }, retry_check = function() return false end })

-- Delays that end just as pmap is about to wait for them.
local delays = {}
for i = 1, 200 do delays[i] = i * 1e-6 end
for round = 1, 5 do
  reached = 0
  local last = cluster.pmap(function()
    local n = cluster.remotecall_fetch(function() reached = reached + 1 return reached end, 1)
    if n <= 200 then error("again") end
    return n
  end, { 1 }, { retry_delays = delays })
  t.equal(last, { 201 })
end

-- Pools.
local pool = cluster.WorkerPool { 2, 4 }
t.equal(#pool, 2)
t.equal(pool:workers(), { 2, 4 })
for _, pid in ipairs(cluster.pmap(cluster.myid, list, { pool = pool })) do assert(pid == 2 or pid == 4) end
local both = { cluster.remotecall_fetch(cluster.myid, pool), cluster.remotecall_fetch(cluster.myid, pool) }
table.sort(both)
t.equal(both, { 2, 4 })
t.equal(cluster.remotecall_wait(cluster.myid, pool):fetch() % 2, 0)
t.equal(cluster.remotecall(cluster.myid, pool):fetch() % 2, 0)
local taken = pool:take()
pool:put(taken)
-- A call that cannot be made gives its worker back.
for _ = 1, 3 do t.fails("it is a coroutine", cluster.remotecall, cluster.myid, pool, coroutine.create(function() end)) end
t.equal(cluster.remotecall_fetch(cluster.myid, pool) % 2, 0)
t.equal(cluster.default_worker_pool():workers(), { 2, 3, 4 })
t.equal(cluster.remotecall_fetch(function(p) return p:workers() end, 3, pool), { 2, 4 })

-- A caching pool sends a function once to each worker, which keeps what it
-- makes of its captured variables.
local caching = cluster.CachingPool(pids)
local big, uses = {}, 0
for i = 1, 1000 do big[i] = i end
local function use(x)
  uses = uses + 1
  return { big[x], uses, cluster.myid() }
end
local most = {}
for i, v in ipairs(cluster.pmap(use, list, { pool = caching })) do
  t.equal(v[1], i)
  most[v[3]] = math.max(most[v[3]] or 0, v[2])
end
t.equal(most[2] + most[3] + most[4], 100)
local more = cluster.remotecall_fetch(use, caching, 5)
t.equal(more[2], most[more[3]] + 1)
caching:clear()
t.equal(cluster.remotecall_fetch(use, caching, 5)[2], 1)
t.equal(uses, 0)

-- Options that are wrong.
t.fails("pmap has no option 'batchsize'", cluster.pmap, square, list, { batchsize = 2 })
t.fails("bad argument #2 'list' to 'pmap' (a list or an array expected, got nil)", cluster.pmap, square)
e = t.fails("item 2: bad", function()
  cluster.pmap(function(i) if i == 2 then error("bad") end end, { 1, 2 })
end)
assert(e.message:find("^loops%.lua:%d+: item 2: bad$"), e.message)
t.fails("option 'batch_size' must be", cluster.pmap, square, list, { batch_size = 0 })
t.fails("option 'pool' must be a worker pool", cluster.pmap, square, list, { pool = 3 })
t.fails("item 2: cannot send", cluster.pmap, square, { 1, coroutine.create(function() end) })
t.fails("there is no process with pid 12", cluster.WorkerPool, { 12 })

-- pmap on a worker, inside another one: no deadlock.
local nested = cluster.pmap(function(i)
  local sum = 0
  for _, v in ipairs(cluster.pmap(function(x) return x * i end, { 1, 2, 3 }, { pool = cluster.WorkerPool { 2, 3, 4 } })) do sum = sum + v end
  return sum
end, { 1, 2, 3, 4, 5, 6 })
t.equal(nested, { 6, 12, 18, 24, 30, 36 })
