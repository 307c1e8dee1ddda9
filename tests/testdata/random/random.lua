-- Random sequences of right and wrong calls of MPI, the same on all ranks, by a
-- model that tells what each must give.
--   random.lua MODE SEED SECONDS [ONLY]    MODE as in the folder cluster
-- Prints the seed and the number of sequences. A sequence that fails is run
-- alone with its own seed as SEED and ONLY as the fourth argument.
local cluster = require "cluster"
local mode, seed, seconds, only = arg[1], tonumber(arg[2]), tonumber(arg[3]), arg[4]
local manager
if mode:match("^MPI_ON_WORKERS") then
  manager = cluster.MPIManager{ np = tonumber(mode:match("%d+$")) }
  cluster.addprocs(manager)
else
  manager = cluster.start_main_loop(cluster[mode])
end

local function prepare()
  mpi, array, cluster = require "mpi", require "array", require "cluster"
  rank, size = mpi.Comm_rank(), mpi.Comm_size()
  right, left = (rank + 1) % size, (rank - 1) % size
  world, me = mpi.COMM_WORLD, cluster.myid()

  -- A generator of numbers of its own: the ranks must draw the same ones.
  local state
  function setseed(n) state = n % 2147483647 if state < 1 then state = 1 end end
  function draw(n) state = state * 16807 % 2147483647 return state % n + 1 end
  function pick(list) return list[draw(#list)] end

  function same(got, want, what)
    if got ~= want then error("WRONG: " .. what .. " is " .. tostring(got) .. ", want " .. tostring(want), 2) end
  end
  function refused(what, f, ...)
    local ok, e = pcall(f, ...)
    if ok then error("WRONG: no error of " .. what, 2) end
    return tostring(e)
  end
  function all_of(a, n, want, what) same(#a, n, what .. "'s length") for i = 1, n do same(a[i], want + i, what) end end
  function filled(n, v) local a = array.zeros(n) for i = 1, n do a[i] = v + i end return a end
  -- what rank r sends in a step: every number is one of that step and rank
  function word(r) return step * 1000 + r * 100 end
  function compute(n) local x = 0 for i = 1, n do x = x + i end return x end
  -- a task beside this one, on this process
  function beside(f, ...) return cluster.spawnat(me, f, ...) end

  -- waits ends requests in one of many ways; list may have holes for null ones.
  local ways = {
    function(list) mpi.Waitall(list) end,
    function(list) for i = #list, 1, -1 do mpi.Wait(list[i]) end end,
    function(list) for i = 1, #list do while not mpi.Test(list[i]) do end end end,
    function(list) while mpi.Waitany(list) do end end,
    function(list) while mpi.Waitsome(list) do end end,
    function(list) while not mpi.Testall(list) do end end,
    function(list) while mpi.Testsome(list) do end end,
    function(list) repeat local flag, i = mpi.Testany(list) until flag and not i end,
  }
  function finish(list)
    local way, nulls, twice = pick(ways), draw(3), draw(3) == 1
    for i = 2, nulls do table.insert(list, draw(#list + 1), mpi.REQUEST_NULL) end
    if twice then
      local double = {}
      for i, r in ipairs(list) do double[i] = r end
      double[#double + 1] = list[1]
      if list[1] ~= mpi.REQUEST_NULL then refused("a request twice", pick{ mpi.Waitall, mpi.Waitany, mpi.Testsome }, double) end
    end
    way(list)
    for _, r in ipairs(list) do
      local st = mpi.Wait(r) -- once more: a null request, or the status again
      assert(st)
    end
    mpi.Waitall(list)
  end

  actions = {}
  function actions.ring()
    local n, list, outs = draw(50), {}, {}
    for k = 1, draw(4) do
      outs[k] = array.zeros(n)
      list[#list + 1] = mpi.Irecv(outs[k], left, k)
    end
    for k = #outs, 1, -1 do list[#list + 1] = pick{ mpi.Isend, mpi.Issend }(filled(n, word(rank) + k), right, k) end
    if draw(2) == 1 then collectgarbage() end
    finish(list)
    for k, a in ipairs(outs) do all_of(a, n, word(left) + k, "a message") end
  end
  function actions.blocking()
    local n, into = draw(30), nil
    into = array.zeros(n)
    local how = draw(3)
    if how == 1 then
      mpi.Sendrecv(filled(n, word(rank)), right, 1, into, left, 1)
    elseif how == 2 then
      local s = mpi.Isend(filled(n, word(rank)), right, 1)
      local st = mpi.Probe(left, 1)
      same(mpi.Get_count(st, mpi.DOUBLE), n, "a probed count")
      mpi.Recv(into, left, 1)
      s:wait()
    else
      local s = mpi.Isend(filled(n, word(rank)), right, 1)
      local msg = mpi.Mprobe(left, mpi.ANY_TAG)
      if draw(2) == 1 then mpi.Mrecv(into, msg) else mpi.Wait(mpi.Imrecv(into, msg)) end
      refused("a message received twice", mpi.Mrecv, into, msg)
      mpi.Request_free(s)
    end
    all_of(into, n, word(left), "a message")
  end
  function actions.persistent()
    local n = draw(20)
    local a, b = filled(n, word(rank)), array.zeros(n)
    local s, r = mpi.Send_init(a, right, 2), mpi.Recv_init(b, left, 2)
    for round = 1, draw(3) do
      for i = 1, n do a[i] = word(rank) + round + i b[i] = 0 end
      mpi.Startall{ r, s }
      refused("a start of an active request", mpi.Start, r)
      finish{ r, s }
      all_of(b, n, word(left) + round, "a persistent message")
    end
    assert(mpi.Test(r))
    if draw(2) == 1 then s:free() r:free() end -- or the collector does
  end
  function actions.values()
    local text = string.rep(string.char(64 + draw(26)), pick{ 0, 10, 4000, 4100, 30000 })
    local r = mpi.irecv(left, 3)
    local s = mpi.isend({ word(rank), text }, right, 3)
    local v
    if draw(2) == 1 then v = mpi.Wait(r) else repeat local flag, w = mpi.Test(r) v = w until flag end
    same(v[1], word(left), "a value") same(v[2], text, "its text")
    s:wait()
    local w = mpi.sendrecv(word(rank), right, 4, left, 4)
    same(w, word(left), "a value of sendrecv")
    for r, x in ipairs(mpi.allgather(word(rank))) do same(x, word(r - 1), "a gathered value") end
    same(mpi.bcast(rank == 0 and text or nil, 0), text, "a value of bcast")
    same(mpi.allreduce(rank, function(a, b) return a + b end), size * (size - 1) / 2, "allreduce")
  end
  function actions.buffered()
    mpi.Buffer_attach(array.zeros(1000))
    mpi.Bsend(filled(5, word(rank)), right, 5)
    refused("a second buffer", mpi.Buffer_attach, array.zeros(1))
    refused("a message too long for the buffer", mpi.Bsend, array.zeros(2000), right, 5)
    local into = array.zeros(5)
    mpi.Recv(into, left, 5)
    all_of(into, 5, word(left), "a buffered message")
    same(#mpi.Buffer_detach(), 1000, "the buffer's length")
    refused("a buffer that is not attached", mpi.Buffer_detach)
  end
  function actions.collectives()
    local comm = pick{ world, mpi.COMM_CHUNK }
    same(comm:Allreduce(rank + 1, pick{ mpi.SUM, add }), size * (size + 1) / 2, "Allreduce")
    local root = draw(size) - 1
    local a = filled(3, rank == root and word(root) or 0)
    comm:Bcast(a, root)
    all_of(a, 3, word(root), "Bcast")
    local g = comm:Allgather(filled(1, word(rank)))
    for r = 0, size - 1 do same(g[r + 1], word(r) + 1, "Allgather") end
    same(comm:Scan(rank + 1, pick{ mpi.SUM, add }), (rank + 1) * (rank + 2) / 2, "Scan")
    local out = comm:Reduce(filled(2, rank), pick{ mpi.MAX, most }, root)
    if rank == root then all_of(out, 2, size - 1, "Reduce") end
  end
  function actions.started()
    local list, checks = {}, {}
    for k = 1, draw(4) do
      local kind, n = draw(6), draw(5)
      if kind == 1 then
        list[k] = mpi.Ibarrier()
      elseif kind == 2 then
        local op = pick{ mpi.SUM, add, add_arrays }
        local r, out = mpi.Iallreduce(array.full(n, rank + 1), op)
        list[k] = r
        checks[k] = function() for i = 1, n do same(out[i], size * (size + 1) / 2, "Iallreduce") end end
      elseif kind == 3 then
        local root = draw(size) - 1
        local a = filled(n, rank == root and word(root) or 0)
        list[k] = mpi.Ibcast(a, root)
        checks[k] = function() all_of(a, n, word(root), "Ibcast") end
      elseif kind == 4 then
        local r, out = mpi.Iscan(array.full(n, rank + 1), pick{ mpi.SUM, add })
        list[k] = r
        checks[k] = function() same(out[n], (rank + 1) * (rank + 2) / 2, "Iscan") end
      elseif kind == 5 then
        local root = draw(size) - 1
        local r, out = mpi.Ireduce(array.full(n, rank + 1), pick{ mpi.MAX, most }, root)
        list[k] = r
        checks[k] = function() if rank == root then same(out[n], size, "Ireduce") end end
      else
        local r, out = mpi.Ireduce_scatter_block(array.full(n * size, rank + 1), pick{ mpi.SUM, add })
        list[k] = r
        checks[k] = function() same(#out, n, "a block's length") same(out[n], size * (size + 1) / 2, "Ireduce_scatter_block") end
      end
      if draw(3) == 1 then refused("the cancelling of a collective", mpi.Cancel, list[k]) end
    end
    compute(draw(30000))
    finish(list)
    for _, f in pairs(checks) do f() end
  end
  function actions.two_tasks()
    shared = mpi.Irecv(array.zeros(1), rank, 40)
    local f = beside(function() return mpi.Wait(shared).tag end)
    cluster.sleep(0.002)
    local way = pick{ mpi.Wait, mpi.Test, mpi.Request_free, function(r) mpi.Waitall{ r } end, function(r) mpi.Testany{ mpi.REQUEST_NULL, r } end }
    local ok, e = pcall(way, shared)
    if not ok then
      assert(tostring(e):find("in the hands of", 1, true), tostring(e))
      mpi.Send(array.full(1, 1), rank, 40)
      same(cluster.fetch(f), 40, "what the first task got")
    else -- the other task had not begun: then it is the one that is refused, or gets a null request
      local sent = mpi.Isend(array.full(1, 1), rank, 40)
      local won = pcall(cluster.fetch, f)
      local flag = mpi.Iprobe(rank, 40)
      if flag then mpi.Recv(array.zeros(1), rank, 40) end
      mpi.Wait(sent)
    end
  end
  function actions.tasks()
    local futures, n = {}, draw(4)
    for k = 1, n do
      futures[k] = beside(function(tag, from, to, v)
        local into, r = array.zeros(1), nil
        r = mpi.Irecv(into, from, tag)
        mpi.Send(array.full(1, v), to, tag)
        mpi.Wait(r)
        return into[1]
      end, 50 + k, left, right, word(rank) + k)
    end
    same(mpi.Allreduce(1, add), size, "Allreduce beside tasks")
    for k = 1, n do same(cluster.fetch(futures[k]), word(left) + k, "the message of a task") end
  end
  function actions.freed()
    local comm = world:dup()
    local op = mpi.Op_create(function(a, b) return a + b end)
    local t = mpi.Type_contiguous(2, mpi.DOUBLE)
    t:commit()
    same(comm:Allreduce(1, op), size, "Allreduce on a duplicate")
    local into = array.zeros(4)
    mpi.Sendrecv({ filled(4, word(rank)), 2, t }, right, 6, { into, 2, t }, left, 6)
    all_of(into, 4, word(left), "a message of a type")
    local pending = comm:irecv(left, 7)
    comm:isend(word(rank), right, 7)
    comm:free() op:free() t:free()
    same(pending:wait(), word(left), "a value on a communicator that was freed")
    refused("a freed communicator", mpi.Barrier, comm)
    refused("a freed op", mpi.Allreduce, 1, op)
    refused("a freed type", mpi.Send, { into, 2, t }, rank, 1)
    for _, x in ipairs{ comm, op, t } do refused("a second free", x.free, x) end
    for i = 1, 20 do mpi.Op_create(math.max) end -- forgotten
  end
  function actions.cancelled()
    local r = mpi.Irecv(array.zeros(1), left, 60)
    r:cancel()
    same(mpi.Test_cancelled(r:wait()), true, "a cancelled receive")
    refused("the cancelling of what is complete", mpi.Cancel, r)
  end
  function actions.truncated()
    local s = mpi.Isend(filled(3, 0), right, 61)
    local e = refused("a message too long", mpi.Recv, array.zeros(2), left, 61)
    assert(e:find("ERR_TRUNCATE", 1, true), e)
    s:wait()
    local s, r = mpi.Isend(filled(3, 0), right, 62), mpi.Irecv(array.zeros(2), left, 62)
    refused("a message too long", pick{ mpi.Wait, function(r) mpi.Waitall{ mpi.REQUEST_NULL, r } end }, r)
    s:wait()
  end
  function actions.wrong()
    refused("a rank", mpi.Send, array.zeros(1), size + 3, 1)
    refused("a tag", mpi.Send, array.zeros(1), right, -5)
    refused("no request", mpi.Wait, nil)
    refused("no list", mpi.Waitall, mpi.REQUEST_NULL)
    refused("the start of a message", mpi.Start, mpi.REQUEST_NULL)
    refused("an op", mpi.Allreduce, 1, mpi.OP_NULL)
    refused("array and array", mpi.Allreduce, array.zeros(2), mpi.SUM, world, 1)
    same(mpi.Waitany{}, nil, "a wait for nothing")
  end
  function actions.failing_op()
    local bad = mpi.Op_create(function(a, b) error("in the op") end)
    local r = mpi.Iallreduce(array.full(1, 1), bad)
    local e = refused("the op", mpi.Wait, r)
    assert(e:find("in the op", 1, true), e)
    pcall(mpi.Wait, r)
    refused("the op", mpi.Reduce_local, array.ones(1), array.ones(1), bad)
  end
  function actions.duplicate()
    local r, comm = mpi.Comm_idup()
    refused("a communicator that is being made", mpi.Barrier, comm)
    r:wait()
    same(comm:Allreduce(rank, mpi.SUM), size * (size - 1) / 2, "Allreduce on a duplicate")
    same(#comm:allgather(1), size, "allgather on a duplicate")
    comm:free()
  end
  names = {}
  for name in pairs(actions) do names[#names + 1] = name end
  table.sort(names)

  -- ways to leave something behind, and fail
  leaves = {
    function() end,
    function() mpi.Isend(filled(2, 666), right, draw(3)) end,
    function() mpi.Irecv(array.zeros(100), left, draw(3)) end,
    function() mpi.isend("stale", right, 3) end,
    function() mpi.Iallreduce(array.ones(2), add) end,
    function() if rank == 0 then mpi.Ibarrier() end end,
    function() if rank == 0 then mpi.Send(array.full(1, 666), right, 1) end end,
  }
  function sequence(seed)
    setseed(seed)
    for i = 1, 4 do draw(2) end
    add = mpi.Op_create(function(a, b) return a + b end)
    most = mpi.Op_create(function(a, b) return math.max(a, b) end)
    add_arrays = mpi.Op_create_array(function(a, b) for i = 1, #a do b[i] = a[i] + b[i] end end)
    local done = {}
    for i = 1, 2 + draw(10) do
      step = i
      local name = pick(names)
      done[i] = name
      if os.getenv("MPICLUS_RANDOM_SHOW") then io.stderr:write("rank ", rank, " step ", i, " ", name, "\n") end
      local ok, e = pcall(actions[name])
      if not ok then error("WRONG: seed " .. seed .. ", steps " .. table.concat(done, " ") .. ": " .. tostring(e), 0) end
    end
    if draw(8) == 1 then
      pick(leaves)()
      error("as planned", 0)
    end
  end
end
cluster.mpido(manager, prepare)

local ended, n, planned = os.time() + seconds, 0, 0
repeat
  if os.getenv("MPICLUS_RANDOM_SHOW") then io.stderr:write("sequence ", n + 1, "\n") end
  local own = only and seed or (seed + n * 7919) % 2147483647
  local ok, e = pcall(cluster.mpido, manager, function(own) sequence(own) end, own)
  if not ok then
    local text = tostring(e)
    if text:find("WRONG", 1, true) or not text:find("as planned", 1, true) then error("seed " .. own .. " of sequence " .. n + 1 .. ": " .. text, 0) end
    planned = planned + 1
  end
  n = n + 1
until only or os.time() >= ended
print(string.format("seed %d: %d sequences, %d of them failed as planned", seed, n, planned))
