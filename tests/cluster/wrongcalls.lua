-- Calls that MPI refuses are errors of their own: messages beside them go on,
-- whatever the library holds against MPI_COMM_WORLD.
local cluster, mpi, array = require "cluster", require "mpi", require "array"
local t = require "prelude"
local manager, pids = t.start(3)

local function wrong()
  local started = mpi.Irecv(array.zeros(1), mpi.Comm_rank(), 5)
  for _ = 1, 20 do
    assert(not pcall(mpi.Start, started))
    assert(not pcall(mpi.Start, mpi.REQUEST_NULL))
    assert(not pcall(mpi.Startall, { started, started }))
    assert(not pcall(mpi.Send, array.zeros(1), 99))
    assert(not pcall(mpi.Group_incl, mpi.Comm_group(mpi.COMM_WORLD), { 99 })) -- these have no communicator
    assert(not pcall(mpi.Type_vector, -1, 1, 1, mpi.INT))
    assert(not pcall(mpi.Info_delete, mpi.Info_create(), "x"))
    assert(not pcall(mpi.Type_create_subarray, { 4 }, { 9 }, { 0 }, mpi.ORDER_C, mpi.INT))
  end
  mpi.Cancel(started)
  mpi.Wait(started)
  return mpi.Comm_rank()
end

for _ = 1, 20 do
  cluster.mpido(manager, wrong)
  local calls = {}
  for k, pid in ipairs(pids) do calls[k] = cluster.remotecall(wrong, pid) end
  for k in ipairs(pids) do t.equal(type(calls[k]:fetch()), "number") end
end
