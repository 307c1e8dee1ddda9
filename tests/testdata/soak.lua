-- soak.lua MODE SECONDS SEED: random work of all kinds, right and wrong, each
-- with its right result, until the time is over. Every few seconds a line tells
-- what the processes hold: "held N values references heap calls".
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"
local mode, seconds, seed = arg[1], tonumber(arg[2]), tonumber(arg[3])
math.randomseed(seed)
local random = math.random
local ranks = 3

local manager
local function begin()
  if mode == "L" then
    manager = cluster.MPIManager{ np = ranks }
    cluster.addprocs(manager)
  else
    manager = cluster.start_main_loop(mode == "T" and cluster.TCP_TRANSPORT_ALL or cluster.MPI_TRANSPORT_ALL)
  end
end
begin()

-- prepare defines what chunks use, and must be called after each start.
local function prepare()
  cluster.everywhere(function()
    cluster, mpi, array = require "cluster", require "mpi", require "array"
    soak_table = { 1, 2, { x = "y" } }
  end)
end
prepare()

local function others() -- pids of workers that are not this process
  local pids = {}
  for _, pid in ipairs(cluster.workers()) do
    if pid ~= cluster.myid() then pids[#pids + 1] = pid end
  end
  return pids
end
local function one() local pids = others() return pids[random(#pids)] end
local function fails(kind, pattern, f, ...)
  local ok, e = pcall(f, ...)
  assert(not ok, "no error")
  assert(tostring(e):find(pattern), "another error: " .. tostring(e))
  assert(not kind or e.kind == kind, "another kind: " .. tostring(e.kind) .. ": " .. tostring(e))
end

local acts = {}

function acts.allreduce()
  local n, x = random(1, 20000), random(1000)
  local sums = cluster.mpido(manager, function()
    local a = mpi.Allreduce(array.full(n, x + mpi.Comm_rank()), mpi.SUM)
    return a:sum()
  end)
  for _, sum in cluster.each(sums) do assert(sum == n * (ranks * x + ranks * (ranks - 1) / 2)) end
end

function acts.lower_case()
  local value = { random(), tostring(random()), { deep = { random(100) } } }
  local got = cluster.mpido(manager, function()
    local all = mpi.allgather{ mpi.Comm_rank(), value }
    return all[#all][1], all[1][2][2]
  end)
  assert(got[0] == ranks - 1)
end

function acts.communicators()
  cluster.mpido(manager, function()
    for _ = 1, 5 do
      local c = mpi.Comm_dup(mpi.COMM_WORLD)
      local s = mpi.Comm_split(c, mpi.Comm_rank() % 2, 0)
      assert(mpi.Allreduce(1, mpi.SUM, c) == mpi.Comm_size())
      mpi.Comm_free(s) mpi.Comm_free(c)
    end
  end)
end

function acts.requests()
  cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local to, from = array.zeros(100), array.full(100, rank)
    local r = mpi.Irecv(to, (rank + 1) % size, 5)
    local s = mpi.Isend(from, (rank - 1) % size, 5)
    mpi.Wait(r) mpi.Wait(s)
    assert(to[1] == (rank + 1) % size)
  end)
end

function acts.window()
  cluster.mpido(manager, function()
    local a = array.zeros(8)
    local win = mpi.Win_create(a)
    mpi.Win_fence(0, win)
    mpi.Put(array.full(1, mpi.Comm_rank() + 1), (mpi.Comm_rank() + 1) % mpi.Comm_size(), 0, win)
    mpi.Win_fence(0, win)
    assert(a[1] == (mpi.Comm_rank() - 1) % mpi.Comm_size() + 1)
    mpi.Win_free(win)
  end)
end

function acts.plugin_op()
  local n = random(1, 50)
  local got = cluster.mpido(manager, function()
    local r = mpi.Allreduce(array.zeros(n), require("plugin").load("stats").logsumexp)
    return r[n]
  end)
  assert(math.abs(got[0] - math.log(ranks)) < 1e-12)
end

function acts.native()
  local text = cluster.mpido(manager, function()
    require("faults").block(0)
    local name = os.tmpname()
    local f = assert(io.open(name, "w"))
    f:write("native") f:close()
    f = io.open(name) local t = f:read("*a") f:close() os.remove(name)
    local pipe = io.popen("echo $((6*7))") local out = pipe:read("*n") pipe:close()
    return t .. out
  end)[1]
  assert(text == "native42")
end

function acts.echo()
  local x = { random(), ("s"):rep(random(100)), array.rand(random(1000)) }
  local y = cluster.remotecall_fetch(function(v) return v end, one(), x)
  assert(y[1] == x[1] and y[2] == x[2] and y[3] == x[3])
end

function acts.function_made_there()
  local n = random(100)
  local f = cluster.remotecall_fetch(function() local k = n return function(x) k = k + x return k end end, one())
  assert(f(1) == n + 1 and f(1) == n + 2)
end

function acts.pmap()
  local list, n = {}, random(30)
  for i = 1, n do list[i] = random(100) end
  local squares = cluster.pmap(function(x) return x * x end, list)
  for i = 1, n do assert(squares[i] == list[i] ^ 2) end
end

function acts.distributed()
  local n = random(200)
  assert(cluster.distributed("+", 1, n, function(i) return i end) == n * (n + 1) / 2)
end

function acts.channel()
  local c = cluster.RemoteChannel(one(), 5)
  c:put{ 1, "two" }
  local pid = one()
  assert(cluster.remotecall_fetch(function() return c:take()[2] end, pid) == "two")
  c:close()
end

function acts.dropped() -- futures that nobody fetches
  for _ = 1, 5 do cluster.remotecall(function() return ("x"):rep(1000) end, one()) end
end

function acts.failing_chunk()
  local who = random(ranks) - 1
  fails(nil, "soak failure " .. who, cluster.mpido, manager, function()
    if mpi.Comm_rank() == who then error("soak failure " .. who) end
  end)
end

function acts.failing_in_wait() -- the others wait for the one that fails
  fails(nil, "soak failure", cluster.mpido, manager, function()
    if mpi.Comm_rank() == 1 then error("soak failure") end
    mpi.Recv(array.zeros(1), 1, 77)
  end)
end

function acts.failing_calls()
  for _ = 1, 20 do
    fails(nil, "bad luck", cluster.remotecall_fetch, function() error{ message = "bad luck" } end, one())
    fails(nil, "bad argument", cluster.remotecall_fetch, function() mpi.Send("no array") end, one())
    fails(nil, "too many syntax levels", cluster.remotecall_fetch, function() return assert(loadstring(("("):rep(5000))) end, one())
  end
end

function acts.interrupt()
  local pid = one()
  local f = cluster.remotecall(function() while true do end end, pid)
  cluster.remotecall_fetch(function() return 1 end, others()[1] == pid and others()[2] or others()[1])
  os.execute("sleep 0.02")
  cluster.interrupt(pid)
  fails("interrupted", "interrupt", cluster.fetch, f)
end

if mode == "L" then
  function acts.restart()
    manager:restart()
  end
  function acts.loss()
    local how = random(3)
    fails("lost", "worker lost", cluster.mpido, manager, function()
      if mpi.Comm_rank() == 1 then
        if how == 1 then os.exit(3) end
        if how == 2 then require("faults").segv() end
        require("faults").abort()
      end
      mpi.Recv(array.zeros(1), 1, 78)
    end)
    manager:restart()
  end
end

local names = {}
for name in pairs(acts) do names[#names + 1] = name end
table.sort(names)
local often = { restart = 0.05, loss = 0.05, failing_in_wait = 0.05 } -- they take seconds, or new processes

local start, told, calls = os.time(), os.time(), 0
while os.time() - start < seconds do
  local name = names[random(#names)]
  if random() < (often[name] or 1) then
    local ok, e = pcall(acts[name])
    if not ok then error("soak: " .. name .. " (call " .. calls .. ", seed " .. seed .. "): " .. tostring(e), 0) end
    calls = calls + 1
  end
  if os.time() - told >= 5 then
    told = os.time()
    cluster.everywhere(function() collectgarbage() end)
    local s = cluster.status()
    print(string.format("held %d values, %d references, heap %d, after %d calls", s.values, s.references, s.heap, calls))
    io.stdout:flush()
  end
end
if mode ~= "L" then cluster.stop_main_loop(manager) end
print("soak: " .. calls .. " calls, all right")
