-- COMM_CHUNK is another name of a communicator that chunks have in common: what is
-- under way there stays known, whatever name and whichever chunk it began under.
local cluster, mpi = require "cluster", require "mpi"
local t = require "prelude"
local manager, pids = t.start(3)

-- Long values that cross each other, under two names of one communicator.
local function crossed(first, second)
  return cluster.mpido(manager, function()
    local rank = mpi.Comm_rank()
    if rank == 0 then
      mpi.Waitall{ mpi.isend(("A"):rep(20000), 1, 1, first()), mpi.isend(("B"):rep(20000), 1, 2, second()) }
    elseif rank == 1 then
      local b, a = mpi.recv(0, 2, second()), mpi.recv(0, 1, first())
      return a:sub(1, 1) .. b:sub(1, 1)
    end
  end)[1]
end
local function world() return mpi.COMM_WORLD end
local function chunk() return mpi.COMM_CHUNK end
t.equal(crossed(world, chunk), "AB")
t.equal(crossed(chunk, world), "AB")

-- The same in two chunks of the same ranks: the first value is on its way when the
-- second chunk begins.
local some = cluster.mpido(manager, function() return mpi.Comm_size(mpi.COMM_CHUNK) end)
local ranks = {}
for rank in pairs(some) do ranks[#ranks + 1] = rank end
table.sort(ranks)
local pair = { ranks[1], ranks[2] }
local function on(f) return manager:mpido{ ranks = pair, chunk = f } end
on(function() if mpi.Comm_rank(mpi.COMM_CHUNK) == 0 then sent = mpi.isend(("C"):rep(20000), 1, 1, mpi.COMM_CHUNK) end end)
local got = on(function()
  if mpi.Comm_rank(mpi.COMM_CHUNK) == 0 then
    mpi.Waitall{ sent, mpi.isend(("D"):rep(20000), 1, 2, mpi.COMM_CHUNK) }
  else
    local d, c = mpi.recv(0, 2, mpi.COMM_CHUNK), mpi.recv(0, 1, mpi.COMM_CHUNK)
    return c:sub(1, 1) .. d:sub(1, 1)
  end
end)
t.equal(got[ranks[2]], "CD")

-- A collective that another task is in when the chunk begins is over for both names
-- when it is over.
local other = cluster.remotecall(function() mpi.Barrier() return "over" end, pids[1])
cluster.remotecall_fetch(function() cluster.sleep(0.1) end, pids[1])
local first = cluster.remotecall_fetch(function() return mpi.Comm_rank() end, pids[1])
local ok = cluster.mpido(manager, function()
  if mpi.Comm_rank() ~= first then cluster.sleep(0.2) mpi.Barrier() else cluster.sleep(1) end
  local ok, e = pcall(mpi.Barrier, mpi.COMM_CHUNK)
  return ok or tostring(e)
end)
t.equal(other:fetch(), "over")
for _, rank in ipairs(ranks) do t.equal(ok[rank], true) end
