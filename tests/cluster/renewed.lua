-- A call that had messages in a world that was renewed meanwhile is told so, once;
-- one that had none goes on.
local cluster, mpi = require "cluster", require "mpi"
local t = require "prelude"
local manager, pids = t.start(3)

local begun, failed = cluster.RemoteChannel(1, 2), cluster.RemoteChannel(1, 2)
local told = cluster.remotecall(function()
  local first = mpi.isend("first", 0, 7, mpi.COMM_SELF) -- a send to oneself may wait for its receive
  begun:put(true)
  failed:take()
  local ok, e = pcall(mpi.send, "second", 0, 7, mpi.COMM_SELF)
  local third = mpi.isend("third", 0, 7, mpi.COMM_SELF)
  local value = mpi.recv(0, 7, mpi.COMM_SELF)
  mpi.Wait(third)
  return ok, e.message, value
end, pids[1])
local goesOn = cluster.remotecall(function()
  local sum = mpi.Allreduce(1, mpi.SUM, mpi.COMM_SELF)
  begun:put(true)
  failed:take()
  local sent = mpi.isend(sum + mpi.Allreduce(1, mpi.SUM, mpi.COMM_SELF), 0, 8, mpi.COMM_SELF)
  local value = mpi.recv(0, 8, mpi.COMM_SELF)
  mpi.Wait(sent)
  return value
end, pids[2])
begun:take()
begun:take()
t.fails("boom", cluster.mpido, manager, function()
  if mpi.Comm_rank() == 1 then error("boom") end
  mpi.recv(1, 5)
end)
failed:put(true)
failed:put(true)
local ok, message, value = told:fetch()
assert(not ok and message:find("the world was renewed since this task sent or received in it", 1, true), message)
t.equal(value, "third")
t.equal(goesOn:fetch(), 2)

-- A persistent request is of the world in which it was made: what it would start has
-- no other side in the next one.
cluster.mpido(manager, function()
  into = require("array").zeros(1)
  kept = mpi.Recv_init(into, mpi.PROC_NULL, 5)
  mpi.Start(kept)
  mpi.Wait(kept)
end)
t.fails("boom", cluster.mpido, manager, function()
  if mpi.Comm_rank() == 1 then error("boom") end
  mpi.recv(1, 5)
end)
cluster.mpido(manager, function()
  local ok, e = pcall(mpi.Start, kept)
  assert(not ok and e.message:find("made before the world was renewed", 1, true), tostring(e))
  mpi.Request_free(kept)
end)
