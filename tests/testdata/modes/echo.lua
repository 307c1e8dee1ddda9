-- Echoes of 8 KB and 8 MB, medians of five: mode.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"
local manager = cluster.start_main_loop(cluster[arg[1]])
local function same(x) return x end
for _, size in ipairs{ { "8KB", 1000, 200 }, { "8MB", 1000000, 10 } } do
  local sent, medians = array.rand(size[2]), {}
  cluster.remotecall_fetch(same, 2, sent)
  for round = 1, 5 do
    local begin = mpi.Wtime()
    for _ = 1, size[3] do cluster.remotecall_fetch(same, 2, sent) end
    medians[round] = (mpi.Wtime() - begin) / size[3]
  end
  table.sort(medians)
  print(("%s %.6f ms"):format(size[1], medians[3] * 1e3))
end
