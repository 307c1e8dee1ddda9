-- A request that comes to its end while a Cancel of it waits for MPI, which
-- another task keeps, is left alone, and so is who has its place in the library.
local cluster, mpi = require "cluster", require "mpi"
local t = require "prelude"
local manager, pids = t.start(3)
local pid = pids[1]

cluster.everywhere(function()
  cluster, mpi, array = require "cluster", require "mpi", require "array"
  slots, over = {}, false

  function keepBusy() -- MPI, again and again, with the interpreter free
    local name = os.tmpname()
    local f = mpi.File_open(mpi.COMM_SELF, name, mpi.MODE_CREATE + mpi.MODE_WRONLY)
    local data = array.zeros(200000)
    while not over do f:write_at(0, data) end
    f:close()
    os.remove(name)
  end

  function cancels()
    local rounds = 0
    while not over do
      if slots[1] then
        pcall(mpi.Cancel, slots[1]) -- it may be over
        rounds = rounds + 1
      end
      cluster.sleep(0.0002)
    end
    return rounds
  end

  function drain() -- what was sent to a receive that was cancelled
    while mpi.Iprobe(0, mpi.ANY_TAG, mpi.COMM_SELF) do mpi.Recv(array.zeros(1), 0, mpi.ANY_TAG, mpi.COMM_SELF) end
  end

  function transfers()
    local wrong = 0
    for i = 1, 200 do
      local first = mpi.Irecv(array.zeros(1), 0, 1, mpi.COMM_SELF)
      slots[1] = first
      cluster.sleep(0.0001 * (i % 5))
      local sent = mpi.Isend(array.from { i }, 0, 1, mpi.COMM_SELF) -- a Send to oneself may wait for its receive
      mpi.Wait(first)
      slots[1] = nil
      local got = array.zeros(1)
      local second = mpi.Irecv(got, 0, 2, mpi.COMM_SELF)
      cluster.sleep(0.001)
      local again = mpi.Isend(array.from { i }, 0, 2, mpi.COMM_SELF)
      if mpi.Test_cancelled(mpi.Wait(second)) or got[1] ~= i then wrong = wrong + 1 end
      drain()
      mpi.Waitall { sent, again }
    end
    return wrong
  end
end)

local busy = cluster.remotecall(function() keepBusy() end, pid)
local others = {}
for k = 1, 4 do others[k] = cluster.remotecall(function() return cancels() end, pid) end
t.equal(cluster.remotecall_fetch(function() return transfers() end, pid), 0)
cluster.remotecall_fetch(function() over = true end, pid)
local tried = 0
for k = 1, 4 do tried = tried + others[k]:fetch() end
assert(tried > 20, tried)
busy:fetch()
