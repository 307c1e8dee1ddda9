-- Rank 2 fails while the others are at what the first argument says. With a
-- second argument the error is caught, and the next chunk must be right.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{}
cluster.addprocs(manager, { error_grace = arg[2] and 0.5 or nil })
cluster.mpido(manager, function(what)
  kept = 42
  if what == "cancellable" then mpi.cancellable(true) end -- on all ranks
end, arg[1])

local waits = {
  Recv = function() mpi.Recv(array.zeros(3), 2, 7) end,
  recv = function() mpi.recv(2, 7) end,
  Wait = function() mpi.Wait(mpi.Irecv(array.zeros(3), 2, 7)) end,
  Probe = function() mpi.Probe(2, 7) end,
  Send = function() mpi.Send(array.zeros(2 ^ 20), 2, 7) end,
  loop = function() while true do end end,
  execute = function() os.execute("sleep 60") end,
  Barrier = function() mpi.Barrier() end,
  Allreduce = function() mpi.Allreduce(array.zeros(3), mpi.SUM) end,
  cancellable = function() mpi.Barrier() end, block = function() require("faults").block(60) end,
}
local wait = waits[arg[1]]
local function chunk()
  if mpi.Comm_rank() == 2 then
    error("boom on purpose")
  end
  wait()
end

print("begin")
if not arg[2] then cluster.mpido(manager, chunk) end
local ok, e = pcall(cluster.mpido, manager, chunk)
assert(not ok and e.errors[2].message:find("boom on purpose"), tostring(e))
print("raised")
local sums = cluster.mpido(manager, function()
  local right, left = (mpi.Comm_rank() + 1) % mpi.Comm_size(), (mpi.Comm_rank() - 1) % mpi.Comm_size()
  local a = array.full(3, mpi.Comm_rank())
  local got = array.zeros(3)
  mpi.Sendrecv(a, right, 7, got, left, 7)
  assert(got[1] == left, "an old message")
  return mpi.Allreduce(mpi.Comm_rank(), mpi.SUM) + kept
end)
for rank, sum in cluster.each(sums) do assert(sum == 3 + 42 and rank <= 2) end
print("right")
