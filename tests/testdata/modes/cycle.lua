-- The shortest job: start, one chunk, stop.
local cluster = require "cluster"
local manager = cluster.start_main_loop(cluster[arg[1]])
local ids = cluster.mpido(manager, cluster.myid)
assert(ids[manager.np - 1] == manager.np)
if arg[2] == "stop" then cluster.stop_main_loop(manager) end
print("done")
