-- Calls that sit in the MPI library until another rank comes leave the
-- interpreter to the other tasks of their process.
local cluster, mpi, array = require "cluster", require "mpi", require "array"
local t = require "prelude"
local manager = t.start(3)

-- ticks returns how often another task of rank 0 ran while rank 0 was in sit,
-- which waits for what rank 1 does half a second later.
local function ticks(before, sit, late)
  return cluster.mpido(manager, function()
    local rank, n = mpi.Comm_rank(), 0
    local all, win = mpi.Comm_group(mpi.COMM_WORLD), mpi.Win_create(array.zeros(1))
    if rank == 1 then before(win) end
    mpi.Barrier()
    if rank == 0 then
      sat = false
      local other = cluster.remotecall(function()
        local n = 0
        while not sat do n = n + 1 cluster.sleep(0.01) end
        return n
      end, cluster.myid())
      sit(win, mpi.Group_incl(all, { 1 }))
      sat = true
      n = other:fetch()
    elseif rank == 1 then
      cluster.sleep(0.5)
      late(win, mpi.Group_incl(all, { 0 }))
    end
    win:free()
    return n
  end)[0]
end

local lock = ticks(
  function(win) win:lock(mpi.LOCK_EXCLUSIVE, 1) end,
  function(win) win:lock(mpi.LOCK_EXCLUSIVE, 1) win:unlock(1) end,
  function(win) win:unlock(1) end)
assert(lock > 5, "beside Win_lock another task ran " .. lock .. " times")

local access = ticks(
  function() end,
  function(win, group) win:start(group) win:complete() end,
  function(win, group) win:post(group) win:wait() end)
assert(access > 5, "beside Win_start and Win_complete another task ran " .. access .. " times")

-- A communicator that Comm_idup makes is made while a rank sits in a collective to
-- which another one comes only when it is there.
local made = cluster.mpido(manager, function()
  local request, comm = mpi.Comm_idup(mpi.COMM_CHUNK)
  if mpi.Comm_rank(mpi.COMM_CHUNK) == 0 then mpi.Barrier(mpi.COMM_CHUNK) end
  mpi.Wait(request)
  if mpi.Comm_rank(mpi.COMM_CHUNK) ~= 0 then mpi.Barrier(mpi.COMM_CHUNK) end
  return mpi.Comm_compare(comm, mpi.COMM_CHUNK) == mpi.CONGRUENT
end)
for _, congruent in pairs(made) do assert(congruent) end
