-- Each worker writes many lines, long and short, to both streams.
local cluster = require "cluster"
local manager = cluster.MPIManager{}
cluster.addprocs(manager)
cluster.mpido(manager, function()
  local rank = require("mpi").Comm_rank()
  local pad = ("x"):rep(100)
  for i = 1, 20000 do
    print(rank, i, pad)
    if i % 100 == 0 then io.stderr:write(rank, " ", i, "\n") end
  end
  io.write(("y"):rep(2 ^ 21), "\n") -- longer than any buffer
end)
print("done")
