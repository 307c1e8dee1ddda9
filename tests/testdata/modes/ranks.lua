-- What the Julia package's tests of these modes check.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.start_main_loop(cluster[arg[1]])
local np = manager.np
assert(mpi.Comm_rank() == 0 and cluster.myid() == 1 and np == mpi.Comm_size())

for pid = 1, np do assert(manager.j2mpi[pid] == pid - 1 and manager.mpi2j[pid - 1] == pid) end
local ranks = cluster.mpido(manager, function() return mpi.Comm_rank() end)
for rank = 0, np - 1 do assert(ranks[rank] == rank) end
for pid = 2, np do
  assert(cluster.remotecall_fetch(function() return mpi.Comm_rank() end, pid) == pid - 1)
end

assert(cluster.distributed("+", 1, 10, function(i) return i ^ 2 end) == 385)

-- A worker calls another one, and the master.
local last = cluster.workers()[#cluster.workers()]
local there, here = cluster.remotecall_fetch(function()
  return cluster.remotecall_fetch(cluster.myid, last), cluster.remotecall_fetch(cluster.myid, 1)
end, 2)
assert(there == last and here == 1)

-- The chunk on the master runs with the others, and may wait in MPI for them.
cluster.mpido(manager, function()
  local rank, size = mpi.Comm_rank(), mpi.Comm_size()
  for root = 0, size - 1 do assert(mpi.bcast(rank == root and { root } or nil, root)[1] == root) end
  mpi.Barrier()
end)

-- Calls to the master are served while its chunk waits.
local calls = cluster.mpido(manager, function()
  local n = 0
  if mpi.Comm_rank() == mpi.Comm_size() - 1 then
    for pid = 1, mpi.Comm_size() - 1 do n = n + cluster.remotecall_fetch(cluster.myid, pid) end
  end
  mpi.Barrier()
  return n
end)
assert(calls[np - 1] == np * (np - 1) / 2)

-- Globals of the script before the loop stay on each rank; chunks see them.
local procs = cluster.procs(manager)
assert(#procs == np and procs[1] == 1)
local chosen = manager:mpido{ chunk = function() return mpi.Comm_size(mpi.COMM_CHUNK) end, ranks = { 0, np - 1 } }
assert(chosen[0] == (np > 1 and 2 or 1) and chosen[np - 1] == chosen[0])
print("all is right")
