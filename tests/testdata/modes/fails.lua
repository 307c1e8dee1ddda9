-- A job in which something fails: mode, and what.
local cluster = require "cluster"
local mpi = require "mpi"
local rank = mpi.Comm_rank()
local mode, what = cluster[arg[1]], arg[2]
if what == "killed_before" and rank == 1 then os.execute("kill -9 $PPID") end
if what == "before" and rank == 1 then error("boom on purpose") end
local manager = cluster.start_main_loop(mode)
io.stdout:setvbuf("no")
print("begin")
local function at(r, f)
  cluster.mpido(manager, function() if mpi.Comm_rank() == r then f() end end)
end
local ways = {
  after = function() error("boom on purpose") end,
  chunk = function() at(1, function() error("boom on purpose") end) end,
  caught = function() pcall(at, 1, function() error("boom on purpose") end) end,
  barrier = function()
    cluster.mpido(manager, function()
      if mpi.Comm_rank() == 1 then error("boom on purpose") end
      mpi.Barrier()
    end)
  end,
  recv = function()
    cluster.mpido(manager, function()
      if mpi.Comm_rank() == 1 then error("boom on purpose") end
      mpi.Recv(require("array").zeros(1), 1)
    end)
  end,
  killed = function() at(1, function() os.execute("kill -9 $PPID") end) end,
  killed_idle = function()
    cluster.remote_do(function() os.execute("kill -9 $PPID") end, 2)
    cluster.sleep(20)
  end,
  master_killed = function() os.execute("kill -9 $PPID") end,
  exit = function() os.exit(7) end,
  exit_0 = function() os.exit(0) end,
  exit_worker = function() at(1, function() os.exit(0) end) end,
  waiting = function()
    cluster.mpido(manager, function()
      if mpi.Comm_rank() == 1 then cluster.sleep(30) end
      mpi.Barrier()
    end)
  end,
  running = function()
    cluster.remote_do(function() while true do end end, 2)
    cluster.remote_do(function() mpi.Recv(require("array").zeros(1), 0) end, 2)
  end,
  all = function() cluster.mpido(manager, function() error("boom on purpose") end) end,
  everywhere = function() cluster.everywhere(function() error("boom on purpose") end) end,
}
local array = require "array"
local collectives = { -- in which the others wait for the rank that failed before it
  Win_create = function() mpi.Win_create(array.zeros(1)) end,
  Win_allocate = function() mpi.Win_allocate(1) end,
  Win_allocate_shared = function() mpi.Win_allocate_shared(1) end,
  Win_create_dynamic = function() mpi.Win_create_dynamic() end,
  Win_free = function(win) win:free() end,
}
for name, call in pairs(collectives) do
  ways[name] = function()
    cluster.mpido(manager, function()
      local win = mpi.Win_create(array.zeros(1))
      if mpi.Comm_rank() == 1 then error("boom on purpose") end
      call(win)
    end)
  end
end
ways[what]()
print("end of script")
