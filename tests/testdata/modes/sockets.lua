-- How many sockets each rank has, one line a rank.
local cluster = require "cluster"
local manager = cluster.start_main_loop(cluster[arg[1]])
local counts = cluster.mpido(manager, function()
  cluster.remotecall_fetch(cluster.myid, cluster.myid() % cluster.nprocs() + 1)
  local pipe = io.popen("ls -l /proc/$PPID/fd | grep -c socket:")
  local n = pipe:read("*n")
  pipe:close()
  return n
end)
for _, n in cluster.each(counts) do print("sockets " .. n) end
