-- Requests that nobody waits for are garbage once they are complete.
local mpi = require "mpi"
local array = require "array"
local check = require "check"

local rank, size = mpi.Comm_rank(), mpi.Comm_size()
local left, right = (rank - 1) % size, (rank + 1) % size

-- one that was given up while it waited is nobody's when it is complete
do
  local b = array.zeros(1)
  mpi.Request_free(mpi.Irecv(b, left, 4))
  for i = 1, 5 do collectgarbage() mpi.Barrier() end
  mpi.Send(array.full(1, 7), right, 4)
  for i = 1, 5 do collectgarbage() mpi.Barrier() end
end

-- dropped requests leave nothing
local function megabytes()
  for i = 1, 30 do collectgarbage() mpi.Barrier() end
  collectgarbage()
  return collectgarbage("count") / 1024
end
local before = megabytes()
local a = array.zeros(100000)
for i = 1, 100 do
  mpi.Isend(array.zeros(100000), right, 5)
  mpi.Recv(a, left, 5)
end
local after = megabytes()
assert(after < before + 20, string.format("%.0f MB before, %.0f after 80 MB of dropped requests", before, after))
mpi.Barrier()
