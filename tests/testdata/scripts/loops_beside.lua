-- A loop without an end in a function that runs beside the script, or after it.
local cluster = require "cluster"
local manager = cluster.MPIManager{ np = 1 }
cluster.addprocs(manager)
local function forever()
  print("begin")
  io.stdout:flush()
  while true do end
end
if arg[1] == "on_lost" then
  manager:on_lost(forever)
  cluster.remote_do(function() os.execute("kill -9 $PPID") end, 2)
elseif arg[1] == "call" then
  cluster.remote_do(forever, 1)
else
  cluster.on_exit(forever, { limit = 20 })
  os.exit(3)
end
cluster.sleep(20)
