-- A chunk that failed and left nothing in the world leaves the world as it was;
-- one that left something gets a new world, in which nothing of it appears.
local cluster = require "cluster"
local t = require "prelude"
local manager = t.start(3)
local function run(f, ...) return cluster.mpido(manager, f, ...) end

run(function()
  mpi, array = require "mpi", require "array"
  rank, size = mpi.Comm_rank(), mpi.Comm_size()
  right, left = (rank + 1) % size, (rank - 1) % size
end)
local function keep() run(function() kept = mpi.COMM_WORLD:dup() end) end
local function isKept() -- whether the communicator of keep can be used
  local answers = run(function() return (pcall(mpi.Barrier, kept)) end)
  local first
  for _, ok in cluster.each(answers) do
    assert(first == nil or first == ok, "the ranks do not agree")
    first = ok
  end
  return first
end
local function fails(f)
  local ok, e = pcall(run, f)
  assert(not ok and tostring(e):find(": on purpose", 1, true), tostring(e))
end

local clean = {
  nothing = function() error("on purpose") end,
  one_rank = function() if rank == 1 then error("on purpose") end end,
  barrier = function() mpi.Barrier() error("on purpose") end,
  messages = function()
    local a, b = array.full(3, rank), array.zeros(3)
    mpi.Sendrecv(a, right, 3, b, left, 3)
    local r = mpi.Irecv(b, left, 4)
    mpi.Send(a, right, 4)
    mpi.Wait(r)
    mpi.Send(a, mpi.PROC_NULL, 1) mpi.Recv(b, mpi.PROC_NULL, 1)
    error("on purpose")
  end,
  values = function()
    for _, n in ipairs{ 10, 20000 } do
      local q, s = mpi.irecv(left), mpi.isend(string.rep("x", n), right)
      q:wait() s:wait()
      assert(#mpi.sendrecv(string.rep("y", n), right, 1, left, 1) == n)
      if rank == 0 then mpi.send(string.rep("z", n), 1) elseif rank == 1 then mpi.recv(0) end
    end
    error("on purpose")
  end,
  cancelled = function()
    local r = mpi.Irecv(array.zeros(1), left, 77)
    r:cancel() r:wait()
    error("on purpose")
  end,
  persistent = function()
    local s, r = mpi.Send_init(array.full(2, rank), right, 5), mpi.Recv_init(array.zeros(2), left, 5)
    for i = 1, 3 do mpi.Startall{ r, s } mpi.Waitall{ r, s } end
    s:free() r:free()
    error("on purpose")
  end,
  matched = function()
    local s = mpi.Isend(array.full(2, rank), right, 6)
    local msg = mpi.Mprobe(left, 6)
    mpi.Mrecv(array.zeros(2), msg) s:wait()
    error("on purpose")
  end,
  collectives = function()
    local comm = mpi.COMM_WORLD:split(rank)
    local dup = mpi.COMM_WORLD:dup()
    dup:Allreduce(1, mpi.SUM) dup:allgather(rank) comm:Barrier()
    mpi.Wait((mpi.Iallreduce(array.ones(2), mpi.SUM)))
    mpi.bcast(string.rep("b", 5000), 0)
    dup:free() comm:free()
    error("on purpose")
  end,
}
local dirty = {
  message = function() mpi.Send(array.full(1, 666), right, 9) error("on purpose") end,
  value = function() if rank == 0 then mpi.send("stale", 1, 9) end error("on purpose") end,
  receive = function() mpi.Irecv(array.zeros(1), left, 9) error("on purpose") end,
  collective = function() if rank == 0 then mpi.Bcast(array.full(1, 666), 0) end error("on purpose") end,
  waiting = function() if rank == 0 then error("on purpose") end mpi.Recv(array.zeros(1), 0, 8) end,
}
for name, body in pairs(clean) do
  keep()
  for i = 1, 5 do fails(body) end
  assert(isKept(), name .. ": the world was renewed, and nothing was left in it")
  run(function() kept:free() end)
end
for name, body in pairs(dirty) do
  keep()
  fails(body)
  assert(not isKept(), name .. ": the world was not renewed")
  run(function()
    local b = array.zeros(1)
    if rank == 0 then b[1] = 1 end
    mpi.Bcast(b, 0)
    assert(b[1] == 1 and mpi.bcast(rank == 0 and "fresh", 0) == "fresh")
    mpi.Send(array.full(1, 5), right, 9) mpi.Recv(b, left, 9)
    assert(b[1] == 5)
    if rank == 0 then mpi.send("new", 1, 9) elseif rank == 1 then assert(mpi.recv(0, 9) == "new") end
  end)
end

-- any number of chunks may fail: communicators do not run out, memory does not grow
local before
for i = 1, 1000 do
  fails(clean.nothing)
  if i == 200 or i == 1000 then
    local used = run(function() collectgarbage() return collectgarbage("count") end)[1]
    assert(not before or used < before + 4096, string.format("%.0f KB before 800 failed chunks, %.0f after", before or 0, used))
    before = used
  end
end
