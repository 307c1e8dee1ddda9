-- What a script measures of this software. Prints "name value" lines, in
-- microseconds.  Run by `make bench`:  mpiclus-lua run messages.lua
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{ np = 2 }
cluster.addprocs(manager)

-- Half the time of a round trip of one array, the best of five rounds.
local function pingpong(bytes, times)
  local a = array.zeros(bytes, "uint8")
  local rank, best = mpi.Comm_rank(), math.huge
  for round = 1, 5 do
    mpi.Barrier()
    local begin = mpi.Wtime()
    for i = 1, times do
      if rank == 0 then
        mpi.Send(a, 1, 0)
        mpi.Recv(a, 1, 0)
      else
        mpi.Recv(a, 0, 0)
        mpi.Send(a, 0, 0)
      end
    end
    best = math.min(best, (mpi.Wtime() - begin) / times / 2 * 1e6)
  end
  return best
end

-- The same for a table of n numbers.
local function table_pingpong(n, times)
  local t = {}
  for i = 1, n do t[i] = i + 0.5 end
  local rank, best = mpi.Comm_rank(), math.huge
  for round = 1, 5 do
    mpi.Barrier()
    local begin = mpi.Wtime()
    for i = 1, times do
      if rank == 0 then
        mpi.send(t, 1, 0)
        t = mpi.recv(1, 0)
      else
        t = mpi.recv(0, 0)
        mpi.send(t, 0, 0)
      end
    end
    best = math.min(best, (mpi.Wtime() - begin) / times / 2 * 1e6)
  end
  assert(#t == n and t[n] == n + 0.5)
  return best
end

local function allreduce(n, times)
  local a, b = array.ones(n), array.zeros(n)
  local best = math.huge
  for round = 1, 5 do
    mpi.Barrier()
    local begin = mpi.Wtime()
    for i = 1, times do mpi.Allreduce(a, b, mpi.SUM) end
    best = math.min(best, (mpi.Wtime() - begin) / times * 1e6)
  end
  assert(b[1] == 2 and b[n] == 2)
  return best
end

local function report(name, f, ...)
  print(name, cluster.mpido(manager, f, ...)[0])
end
report("pingpong-8", pingpong, 8, 20000)
report("pingpong-65536", pingpong, 65536, 2000)
report("pingpong-4194304", pingpong, 4194304, 50)
report("table-131072", table_pingpong, 131072, 5)
report("allreduce-1", allreduce, 1, 20000)
report("allreduce-1048576", allreduce, 1048576, 10)
