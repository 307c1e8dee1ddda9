-- The share of a core, in percent, that a worker takes while it waits.  Run by
-- `make bench`.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{ np = 2 }
cluster.addprocs(manager)
local seconds = 5

-- The processor time of this process and of its supervisor: proc(5), stat,
-- fields 14 and 15, in hundredths of a second.
local function ticks(pid)
  local stat = io.open("/proc/" .. pid .. "/stat"):read("*a"):gsub("^.*%) ", "")
  local parent, fields = nil, {}
  for word in stat:gmatch("%S+") do fields[#fields + 1] = word end
  return fields[12] + fields[13], fields[2]
end
function usage()
  local own, supervisor = ticks("self")
  return { worker = own, supervisor = (ticks(supervisor)) }
end
cluster.mpido(manager, function(f) usage = f end, usage)

local function report(name, before, after)
  print(name, (after.worker - before.worker) / seconds)
  print(name .. "-supervisor", (after.supervisor - before.supervisor) / seconds)
end

os.execute("sleep 1")
local before = cluster.mpido(manager, function() return usage() end)[0]
os.execute("sleep " .. seconds)
report("idle", before, cluster.mpido(manager, function() return usage() end)[0])

local recv = cluster.mpido(manager, function()
  if mpi.Comm_rank() == 1 then
    os.execute("sleep " .. seconds)
    mpi.Send(array.zeros(1), 0, 0)
  else
    local before = usage()
    mpi.Recv(array.zeros(1), 1, 0)
    return { before, usage() }
  end
end)[0]
report("recv", recv[1], recv[2])
