-- Rank 1 ends in the way that the first argument names, right after it has
-- written its last words; again and again, in a new job each time. The error
-- that the master gets must hold them, each time.
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local ways = {
  exit = function(text) io.write(text) os.exit(3) end,
  printf = function(text) require("faults").printf(text) os.exit(3) end,
  panic = function(text) require("faults").panic(text) end,
  segv = function(text) io.stderr:write(text, "\n") require("faults").segv() end,
  abort = function(text) require("faults").printf("not flushed") io.stderr:write(text, "\n") require("faults").abort() end,
}
local ends = {
  exit = "it called os.exit(3) at " .. arg[0] .. ":9", printf = "it called os.exit(3) at " .. arg[0] .. ":10", panic = "exit status 2", segv = "signal: segmentation fault", abort = "",
}

local what, times = arg[1], tonumber(arg[2])
local way = ways[what]
for i = 1, times do
  local manager = cluster.MPIManager{ np = 2 }
  cluster.addprocs(manager)
  local text = "last words " .. i
  local ok, e = pcall(cluster.mpido, manager, function()
    if mpi.Comm_rank() == 1 then way(text) end
    mpi.Recv(array.zeros(1), 1, 7)
  end)
  local report = tostring(e)
  assert(not ok and e.kind == "lost", report)
  assert(e.errors[1].kind == "lost" and e.errors[1].rank == 1, report)
  assert(report:find(text, 1, true), "last words are missing in: " .. report)
  assert(report:find(ends[what], 1, true), "its end is missing in: " .. report)
  assert(not report:find("goroutine"), report)
  manager:close()
end
print(times .. " times")
