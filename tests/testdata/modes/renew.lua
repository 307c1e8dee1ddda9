-- Chunks that fail or take too long while other ranks, rank 0 included, wait for
-- them in MPI; after each the ranks are in step again: mode.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"
local manager = cluster.start_main_loop(cluster[arg[1]], { error_grace = 0.3 })

local function in_step()
  local sums = cluster.mpido(manager, function() return mpi.Allreduce(mpi.Comm_rank() + 1, mpi.SUM) end)
  for _, sum in cluster.each(sums) do assert(sum == manager.np * (manager.np + 1) / 2) end
end
local function fails(want, f)
  local ok, e = pcall(f)
  assert(not ok and tostring(e):find(want, 1, true), tostring(e))
  in_step()
end

for _ = 1, 5 do
  fails("boom", function()
    cluster.mpido(manager, function()
      if mpi.Comm_rank() == 1 then error("boom") end
      mpi.Barrier()
    end)
  end)
  fails("timeout", function()
    manager:mpido{ timeout = 0.3, chunk = function() mpi.Recv(array.zeros(1), 0) end }
  end)
end
print("renewed")
