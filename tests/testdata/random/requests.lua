-- requests.lua MODE SEED SECONDS: random work on requests of all kinds, by chunks
-- and by tasks beside them, right and wrong: they are started, waited for, tested,
-- cancelled, freed and forgotten in any order, communicators are freed under them,
-- and chunks fail while they are at work, so that the world is renewed. Results are
-- left to chance; no process may end, hang, or overwrite what is not its own.
local cluster, mpi = require "cluster", require "mpi"
local mode, seed, seconds = arg[1], tonumber(arg[2]), tonumber(arg[3])
math.randomseed(seed)
local random = math.random

local workers = tonumber(mode:match "^MPI_ON_WORKERS(%d+)$")
local manager
if workers then
  manager = cluster.MPIManager{ np = workers }
  cluster.addprocs(manager, { error_grace = 0.1 })
else
  manager = cluster.start_main_loop(cluster[mode], { error_grace = 0.1 })
end
local pids, ranks = cluster.workers(), workers or cluster.nprocs()

cluster.everywhere(function()
  cluster, mpi, array = require "cluster", require "mpi", require "array"
  requests, comms = {}, {}

  -- steps does n random things; a task may wait, a chunk must not.
  function steps(seed, n, mayWait)
    local function draw(k)
      seed = seed * 16807 % 2147483647
      return seed % k + 1
    end
    local function peer() -- a communicator, and the rank of this process there
      local k = draw(4)
      if k == 1 then return mpi.COMM_SELF, 0 end
      if k == 2 and #comms > 0 then return comms[draw(#comms)], 0 end
      return mpi.COMM_WORLD, mpi.Comm_rank()
    end
    local function one() return requests[draw(math.max(#requests, 1))] or mpi.REQUEST_NULL end
    local function some() -- seldom with one twice, which is an error
      local list, has = {}, {}
      for _ = 1, draw(4) do
        local r = one()
        if not has[r] or draw(20) == 1 then list[#list + 1] = r end
        has[r] = true
      end
      return list
    end
    local function keep(r)
      requests[#requests + 1] = r
      if #requests > 12 then table.remove(requests, draw(12)) end
    end
    local function starts(start, make) -- a transfer between this rank and itself, often of two lengths
      return function()
        local comm, rank = peer()
        keep(start(make(draw(4)), rank, draw(3), comm))
      end
    end
    local function waits(wait, what) return function() if mayWait and draw(6) == 1 then wait(what()) end end end
    local acts = {
      starts(mpi.Recv_init, array.zeros), starts(mpi.Send_init, array.ones), starts(mpi.Irecv, array.zeros), starts(mpi.Isend, array.ones),
      starts(mpi.Isend, function(n) return array.ones(n * 5000) end),
      function()
        local comm, rank = peer()
        keep(mpi.Recv_init(array.zeros(draw(4)), draw(2) == 1 and mpi.ANY_SOURCE or rank, draw(2) == 1 and mpi.ANY_TAG or draw(3), comm))
      end,
      function() mpi.Start(one()) end, function() mpi.Start(one()) end, function() mpi.Startall(some()) end,
      function() mpi.Test(one()) end, function() mpi.Testall(some()) end, function() mpi.Testany(some()) end, function() mpi.Testsome(some()) end,
      function() mpi.Request_get_status(one()) end,
      function() mpi.Cancel(one()) end, function() mpi.Request_free(one()) end, function() one():free() end,
      function() if #requests > 0 then table.remove(requests, draw(#requests)) end end,
      function() if draw(4) == 1 then collectgarbage() end end,
      function() if #comms < 5 then comms[#comms + 1] = mpi.COMM_SELF:dup() end end,
      function() if #comms > 0 then table.remove(comms, draw(#comms)):free() end end,
      function() mpi.Iprobe(mpi.ANY_SOURCE, mpi.ANY_TAG, (peer())) end,
      function()
        local there, message = mpi.Improbe(mpi.ANY_SOURCE, mpi.ANY_TAG, (peer()))
        if there then keep(mpi.Imrecv(array.zeros(draw(4)), message)) end
      end,
      function() if mayWait then cluster.sleep(0.0005) end end,
      waits(mpi.Wait, one), waits(mpi.Waitany, some), waits(mpi.Waitall, some), waits(mpi.Waitsome, some),
    }
    for _ = 1, n do
      local ok, e = pcall(acts[draw(#acts)])
      if not ok and tostring(e):find("interrupt", 1, true) then error(e, 0) end
    end
  end
end)

local sequences, failed = 0, 0
local function check(ok, e)
  if ok then return end
  failed = failed + 1
  local text = tostring(e)
  if e.kind == "lost" or text:find("the job was ended", 1, true) then error(("seed %d, sequence %d: %s"):format(seed, sequences, text), 0) end
end

local start = os.time()
while os.time() - start < seconds do
  sequences = sequences + 1
  local n, s, ending, last, tasks = random(60), random(1e6), random(6), random(ranks) - 1, {}
  for k = 1, random(4) - 1 do
    local pid = pids[random(#pids)]
    tasks[k] = { pid = pid, call = cluster.remotecall(function() steps(s + k, n, true) end, pid) }
  end
  check(pcall(cluster.mpido, manager, function()
    local rank = mpi.Comm_rank()
    steps(s + 10 * (rank + 1), n, false)
    if ending <= 2 and rank == last then error("on purpose") end
    if ending == 2 then mpi.Recv(array.zeros(1), last, 77) end -- until the failure is known
    if ending == 3 then mpi.Barrier() end
  end))
  for _, task in ipairs(tasks) do
    if not cluster.isready(task.call) then cluster.sleep(0.01) end
    if not cluster.isready(task.call) then pcall(cluster.interrupt, task.pid) end
    check(pcall(cluster.fetch, task.call))
  end
end
if not workers then cluster.stop_main_loop(manager) end
print(("%d sequences, %d of them failed on purpose or by chance, seed %d"):format(sequences, failed, seed))
