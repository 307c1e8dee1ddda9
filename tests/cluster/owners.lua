-- Requests, messages, buffers, communicators and types that several tasks have:
-- one has it in hand, the others are told where, and nothing is lost.
local cluster = require "cluster"
local t = require "prelude"
local manager, pids = t.start(3)
local A, B = pids[1], pids[2]
local function at(pid, f, ...) return cluster.remotecall_fetch(f, pid, ...) end

for _, pid in ipairs{ A, B } do
  at(pid, function()
    mpi, array, cluster = require "mpi", require "array", require "cluster"
    function fails(want, f, ...)
      local ok, e = pcall(f, ...)
      assert(not ok, "no error where '" .. want .. "' is wanted")
      assert(tostring(e):find(want, 1, true), "got error '" .. tostring(e) .. "'\nwant '" .. want .. "' in it")
    end
  end)
end
local a, b = at(A, function() return mpi.Comm_rank() end), at(B, function() return mpi.Comm_rank() end)
for _, pid in ipairs{ A, B } do at(pid, function(r) other = r end, pid == A and b or a) end
local function send(n, tag) at(B, function(n, tag) mpi.Send(array.full(1, n), other, tag) end, n, tag) end

-- waits gives a future of a task at A that waits, once it does.
local function waits(f)
  local future = cluster.spawnat(A, f)
  cluster.sleep(0.05)
  return future
end

-- a second wait for a request, in all of its forms
at(A, function() buf = array.zeros(1) req = mpi.Irecv(buf, other, 5) idle = mpi.Recv_init(array.zeros(1), other, 6) end)
local first = waits(function() return mpi.Wait(req).tag end)
at(A, function()
  local held = "in the hands of Wait of another task (owners.lua:32)"
  fails(held, mpi.Wait, req)
  fails(held, mpi.Test, req)
  fails(held, mpi.Request_free, req)
  fails(held, mpi.Request_get_status, req)
  for _, f in ipairs{ mpi.Waitall, mpi.Waitany, mpi.Waitsome, mpi.Testall, mpi.Testany, mpi.Testsome } do
    local mine = mpi.Irecv(array.zeros(1), other, 99)
    fails(held, f, { mine, mpi.REQUEST_NULL, req })
    assert(not mpi.Test(mine)) -- is nobody's
    mine:cancel() mine:wait()
  end
end)
send(42, 5)
t.equal(cluster.fetch(first), 5)
t.equal(at(A, function() return buf[1] end), 42)

-- a list that names a request twice
at(A, function()
  for _, f in ipairs{ mpi.Waitall, mpi.Waitany, mpi.Waitsome, mpi.Testall, mpi.Testany, mpi.Testsome } do
    local r, s = mpi.Irecv(array.zeros(1), mpi.Comm_rank(), 1), mpi.Irecv(array.zeros(1), mpi.Comm_rank(), 2)
    fails("request 4 of the list is request 2 again", f, { s, r, mpi.REQUEST_NULL, r })
    mpi.Send(array.full(1, 1), mpi.Comm_rank(), 1) mpi.Send(array.full(1, 1), mpi.Comm_rank(), 2)
    mpi.Waitall{ r, s }
    f{ r, r, s } -- complete ones count as null requests
  end
  fails("the request is active already", mpi.Startall, { idle, idle })
  idle:cancel() idle:wait()
end)

-- one that waits can be cancelled by another
first = waits(function() local r = mpi.Irecv(array.zeros(1), other, 7) hung = r return mpi.Test_cancelled(mpi.Wait(r)) end)
at(A, function() hung:cancel() end)
t.equal(cluster.fetch(first), true)
first = waits(function() hungs = { mpi.Irecv(array.zeros(1), other, 7), mpi.Irecv(array.zeros(1), other, 8) } return #mpi.Waitall(hungs) end)
at(A, function() hungs[2]:cancel() hungs[1]:cancel() end)
t.equal(cluster.fetch(first), 2)

-- a persistent request that a task waits for
at(A, function() mpi.Start(idle) end)
first = waits(function() mpi.Wait(idle) return true end)
at(A, function() fails("the request is active already: the request is in the hands of Wait", mpi.Start, idle) end)
send(1, 6)
t.equal(cluster.fetch(first), true)
at(A, function() mpi.Start(idle) idle:cancel() idle:wait() idle:free() end)

-- the attached buffer belongs to who detaches it, and other sends are their own
at(A, function()
  mpi.Buffer_attach(array.zeros(300000))
  mpi.Bsend(array.full(100000, 3), other, 20)
  mpi.Bsend(array.full(100000, 4), other, 21)
end)
first = waits(function() return #mpi.Buffer_detach() end)
at(A, function()
  local held = "Buffer_detach of another task is at work (owners.lua:85)"
  fails(held, mpi.Buffer_detach)
  fails(held, mpi.Bsend, array.zeros(1), other, 22)
  local me = mpi.Comm_rank()
  for i = 1, 200 do
    local r = mpi.Irecv(array.zeros(1), me, 1)
    mpi.Isend(array.full(1, i), me, 1) -- dropped: the session sees to it
    mpi.Wait(r)
  end
end)
at(B, function()
  local into = array.zeros(100000)
  for tag = 20, 21 do mpi.Recv(into, other, tag) assert(into[1] == tag - 17 and into[100000] == tag - 17) end
end)
t.equal(cluster.fetch(first), 300000)

-- a communicator that a task waits on
at(A, function() comm = mpi.COMM_SELF:dup() end)
first = waits(function() local into = array.zeros(1) mpi.Recv(into, 0, 3, comm) return into[1] end)
at(A, function()
  fails("Recv of another task is at work on it (owners.lua:105)", comm.free, comm)
  mpi.Send(array.full(1, 9), 0, 3, comm)
end)
t.equal(cluster.fetch(first), 9)
at(A, function() comm:free() end)

-- a type that a task receives with
at(A, function() pair = mpi.Type_contiguous(2, mpi.DOUBLE) pair:commit() end)
first = waits(function() local into = array.zeros(2) mpi.Recv({ into, 1, pair }, mpi.Comm_rank(), 4) return into[2] end)
at(A, function()
  fails("Recv of another task has the type in hand (owners.lua:115)", mpi.Type_free, pair)
  mpi.Send(array.full(2, 8), mpi.Comm_rank(), 4)
end)
t.equal(cluster.fetch(first), 8)
at(A, function() pair:free() end)

-- a value that comes after its communicator was freed
at(A, function()
  local self = mpi.COMM_SELF:dup()
  local r = self:irecv(0, 1)
  self:isend(string.rep("v", 100000), 0, 1)
  self:free()
  assert(#r:wait() == 100000)
end)

-- an error of what was sent leaves no request behind
at(A, function()
  local me = mpi.Comm_rank()
  for i = 1, 20 do
    fails("rank", mpi.sendrecv, string.rep("s", 9000), me, 1, 1000, 1)
    assert(#mpi.sendrecv(string.rep("s", 9000), me, 2, me, 2) == 9000)
  end
end)

-- many tasks wait for many things at once
for round = 1, 5 do
  local futures = {}
  for i = 1, 8 do
    futures[i] = cluster.spawnat(A, function(i)
      local into = array.zeros(1)
      local r = mpi.Irecv(into, other, 100 + i)
      mpi.Wait(r)
      return into[1]
    end, i)
  end
  at(B, function(round) for i = 8, 1, -1 do mpi.Send(array.full(1, 10 * round + i), other, 100 + i) end end, round)
  for i = 1, 8 do t.equal(cluster.fetch(futures[i]), 10 * round + i) end
end

-- what one task makes of a request that is complete is not there for others yet
local during = cluster.mpido(manager, function()
  mpi, array, cluster = require "mpi", require "array", require "cluster"
  into, told = array.zeros(1), {}
  request = mpi.Iallreduce(array.full(1, 1), into, mpi.Op_create(function(a, b) cluster.sleep(0.4) return a + b end), mpi.COMM_CHUNK)
  local looks = cluster.remotecall(function()
    for _, name in ipairs{ "Waitall", "Testall", "Waitany", "Testsome" } do
      cluster.sleep(0.02)
      local ok, e = pcall(mpi[name], { request })
      told[#told + 1] = not ok and e.message or name .. " of a sum of " .. into[1]
    end
  end, cluster.myid())
  mpi.Wait(request)
  looks:fetch()
  return { into[1] / mpi.Comm_size(mpi.COMM_CHUNK), told }
end)
for rank, what in pairs(during) do
  t.equal(what[1], 1)
  for _, words in ipairs(what[2]) do assert(words:find("in the hands of", 1, true), words) end
end

if t.launched() then cluster.rmprocs(cluster.workers()) else cluster.stop_main_loop(manager) end
