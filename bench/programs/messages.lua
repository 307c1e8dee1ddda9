-- What a script measures of this software. Prints "name value" lines, in
-- microseconds.  Run by `make bench`:  mpiclus-lua run messages.lua
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{ np = 2 }
cluster.addprocs(manager)

-- What a step takes, the best of many rounds of run(times): a machine may
-- change its pace for tenths of a second at a time.
local function best(times, run)
  local least = math.huge
  for round = 1, 25 do
    mpi.Barrier()
    local begin = mpi.Wtime()
    run(times)
    least = math.min(least, (mpi.Wtime() - begin) / times * 1e6)
  end
  return least
end

-- Half the time of a round trip of one array.
local function pingpong(bytes, times)
  local a, rank = array.zeros(bytes, "uint8"), mpi.Comm_rank()
  return best(times, function(times)
    for i = 1, times do
      if rank == 0 then
        mpi.Send(a, 1, 0)
        mpi.Recv(a, 1, 0)
      else
        mpi.Recv(a, 0, 0)
        mpi.Send(a, 0, 0)
      end
    end
  end) / 2
end

-- The same for a value that is not an array.
local function value_pingpong(t, times)
  local rank = mpi.Comm_rank()
  return best(times, function(times)
    for i = 1, times do
      if rank == 0 then
        mpi.send(t, 1, 0)
        t = mpi.recv(1, 0)
      else
        t = mpi.recv(0, 0)
        mpi.send(t, 0, 0)
      end
    end
  end) / 2
end

local function record_pingpong(times)
  return value_pingpong({ name = "point", at = { 1, 2.5, 3 } }, times)
end

local function table_pingpong(n, times)
  local t = {}
  for i = 1, n do t[i] = i + 0.5 end
  return value_pingpong(t, times)
end

-- What neighbours on a grid do in every step.
local function exchange(n, times)
  local a, b, other = array.ones(n), array.zeros(n), 1 - mpi.Comm_rank()
  local least = best(times, function(times)
    for i = 1, times do
      mpi.Waitall{ mpi.Irecv(b, other, 0), mpi.Isend(a, other, 0) }
    end
  end)
  assert(b[1] == 1 and b[n] == 1)
  return least
end

local function allreduce(n, times)
  local a, b = array.ones(n), array.zeros(n)
  local least = best(times, function(times)
    for i = 1, times do mpi.Allreduce(a, b, mpi.SUM) end
  end)
  assert(b[1] == 2 and b[n] == 2)
  return least
end

local function report(name, f, ...)
  print(name, cluster.mpido(manager, f, ...)[0])
end
report("pingpong-8", pingpong, 8, 40000)
report("pingpong-65536", pingpong, 65536, 400)
report("pingpong-4194304", pingpong, 4194304, 10)
report("record", record_pingpong, 400)
report("table-131072", table_pingpong, 131072, 1)
report("exchange-1", exchange, 1, 4000)
report("allreduce-1", allreduce, 1, 20000)
report("allreduce-1048576", allreduce, 1048576, 2)
