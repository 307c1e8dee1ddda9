-- How long remote calls between two ranks take while all ranks but one wait in
-- a barrier: mode, seconds.
local cluster = require "cluster"
local mpi = require "mpi"
local manager = cluster.start_main_loop(cluster[arg[1]])
local seconds = tonumber(arg[2])
local answers = cluster.mpido(manager, function()
  local times = {}
  if mpi.Comm_rank() == 1 then
    local begin = mpi.Wtime()
    while mpi.Wtime() - begin < seconds do
      local sent = mpi.Wtime()
      assert(cluster.remotecall_fetch(cluster.myid, 3) == 3)
      times[#times + 1] = mpi.Wtime() - sent
      cluster.sleep(0.001)
    end
  end
  mpi.Barrier()
  table.sort(times)
  return times
end)
local times = answers[1]
print(("%d calls: median %.3f ms, p99 %.3f ms"):format(#times, times[math.ceil(#times / 2)] * 1e3, times[math.ceil(#times * 0.99)] * 1e3))
