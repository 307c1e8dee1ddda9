-- A send ends when its receiver is there, whatever its sender does meanwhile (MPI
-- 3.1, section 3.7.4): its chunk is over, it sleeps, it computes, or nobody has the
-- request any more.
local cluster, mpi, array = require "cluster", require "mpi", require "array"
local t = require "prelude"
local manager, pids = t.start(3)
local n = 300000 -- far more than goes along at once

-- meets checks that rank 1 soon receives what rank 0 has sent by send, before that
-- has done the rest.
local function meets(name, send, rest)
  local took = cluster.mpido(manager, function()
    local rank = mpi.Comm_rank()
    local a = array.full(n, 7)
    if rank == 0 then
      kept = send(a)
      return rest and rest()
    elseif rank == 1 then
      local b = array.zeros(n)
      cluster.sleep(0.1)
      local begin = mpi.Wtime()
      mpi.Recv(b, 0, 5)
      assert(b:sum() == 7 * n)
      return mpi.Wtime() - begin
    end
  end)[1]
  assert(took < 2, name .. ": it took " .. took .. " s")
end

local function isend(a) return mpi.Isend(a, 1, 5) end
local function compute() local begin = mpi.Wtime() while mpi.Wtime() - begin < 3 do end end
local function lua() local begin = os.time() while os.time() - begin < 3 do end end

meets("a chunk that is over", isend)
meets("a sender that sleeps", isend, function() cluster.sleep(3) end)
meets("a sender that computes", isend, lua)
meets("a sender that asks for the time", isend, compute)
meets("a request that is freed", function(a) mpi.Request_free(mpi.Isend(a, 1, 5)) end)
meets("a request that nobody holds", function(a) mpi.Isend(a, 1, 5) collectgarbage() end)
meets("a persistent request", function(a) local r = mpi.Send_init(a, 1, 5) r:Start() return r end)
meets("a buffered send", function(a)
  mpi.Buffer_attach(array.zeros(n + 1000))
  mpi.Bsend(a, 1, 5)
end)
cluster.mpido(manager, function() if mpi.Comm_rank() == 0 then mpi.Buffer_detach() end end)

-- what the receiver says by another way arrives at a sender that waits for that
local channel = cluster.RemoteChannel(pids[1], 1)
cluster.mpido(manager, function()
  local rank = mpi.Comm_rank()
  if rank == 0 then
    kept = mpi.Isend(array.full(n, 1), 1)
    assert(channel:take(20) == "received")
  elseif rank == 1 then
    mpi.Recv(array.zeros(n), 0)
    channel:put "received"
  end
end)
manager:close()
