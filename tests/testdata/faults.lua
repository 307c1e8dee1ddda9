-- faults.lua MODE ACTIVITY FAULT: three ranks are at an activity when a fault
-- comes, from outside or, on rank 1, from the script itself. Each rank says
-- "rank R is there" just before.
local cluster = require "cluster"
local mpi = require "mpi"
local mode, activity, fault = arg[1], arg[2], arg[3] or ""

local manager
if mode == "L" then
  manager = cluster.MPIManager{ np = 3 }
  cluster.addprocs(manager, { stall_note = 1 })
else
  manager = cluster.start_main_loop(mode == "T" and cluster.TCP_TRANSPORT_ALL or cluster.MPI_TRANSPORT_ALL, { stall_note = 1 })
end

-- What rank 1 does instead of the activity, once the others are at it.
local own = {
  ["exit"] = function() os.exit(3) end,
  ["exit0"] = function() os.exit(0) end,
  ["Abort"] = function() mpi.Abort(mpi.COMM_WORLD, 7) end,
  ["files"] = function()
    local open = {}
    while true do open[#open + 1] = assert(io.open("/dev/null")) end
  end,
  ["memory"] = function()
    local held = {}
    while true do held[#held + 1] = require("array").zeros(2 ^ 24, "float64") end
  end,
  ["heap"] = function()
    local held = {}
    while true do held[#held + 1] = ("x"):rep(2 ^ 22) .. #held end
  end,
}

local function there()
  io.stderr:write("rank " .. mpi.Comm_rank() .. " is there\n") -- one piece: ranks write at the same time
  io.stderr:flush()
  if own[fault] and mpi.Comm_rank() == 1 then
    os.execute("sleep 0.3")
    own[fault]()
  end
end

local array = require "array"
local activities = {
  lua = function() while true do end end,
  Barrier = function() if mpi.Comm_rank() == 1 then while true do end end mpi.Barrier() end,
  Recv = function() mpi.Recv(array.zeros(1, "float64"), 1, 99) end,
  Allreduce = function() if mpi.Comm_rank() == 1 then while true do end end mpi.Allreduce(1, mpi.SUM) end,
  Win_fence = function()
    local win = mpi.Win_create(array.zeros(4, "float64"))
    if mpi.Comm_rank() == 1 then while true do end end
    mpi.Win_fence(0, win)
  end,
  native = function() require("faults").block(6) end, -- a call of C that nothing can interrupt
  plugin = function()
    local op = require("plugin").load("stats").logsumexp
    if mpi.Comm_rank() == 1 then while true do end end
    mpi.Allreduce(array.zeros(8), op)
  end,
  file = function()
    local name = os.tmpname()
    local f = io.open(name, "w")
    os.remove(name)
    while true do f:seek("set", 0) f:write(("x"):rep(65536)) f:flush() end
  end,
  output = function()
    for _ = 1, fault:find("^full") and 1000 or math.huge do print(("y"):rep(200)) end
  end,
}

if activity == "startup" then
  -- nothing: the fault comes while the ranks start
elseif activity == "idle" then
  cluster.mpido(manager, there)
  os.execute("sleep 3")
elseif activity == "shutdown" then
  cluster.mpido(manager, there)
elseif activity == "pmap" then
  cluster.mpido(manager, there)
  cluster.pmap(function() local t = os.clock() + 0.05 while os.clock() < t do end end, (function() local t = {} for i = 1, 40 do t[i] = i end return t end)())
elseif activity == "remote" then
  local futures = {}
  -- An endless loop keeps the interpreter: here too, where the master is rank 0,
  -- and has an error to report.
  local pause = own[fault] and function() os.execute("sleep 0.05") end or function() end
  for rank, pid in pairs(manager.mpi2j) do -- rank 1 first
    futures[#futures + 1] = cluster.remotecall(function() there() while true do pause() end end, pid)
  end
  for _, f in ipairs(futures) do cluster.fetch(f) end
else
  cluster.mpido(manager, function() there() activities[activity]() end)
end
if mode ~= "L" then cluster.stop_main_loop(manager) end
print("the end")
