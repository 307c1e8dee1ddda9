-- What the scripts of this folder have in common. The way in which workers
-- come is not theirs to know: the environment variable MPICLUS_TEST_MODE says
-- MPI_ON_WORKERS (default), TCP_TRANSPORT_ALL or MPI_TRANSPORT_ALL.
local cluster = require "cluster"
local prelude = { mode = os.getenv("MPICLUS_TEST_MODE") or "MPI_ON_WORKERS" }

-- start gives a manager with n workers and their pids, 2 to n + 1. On the
-- ranks that are workers themselves it does not return.
function prelude.start(n)
  local manager
  if prelude.mode == "MPI_ON_WORKERS" then
    manager = cluster.MPIManager{ np = n }
    cluster.addprocs(manager)
  else
    manager = cluster.start_main_loop(cluster[prelude.mode])
  end
  local pids = cluster.workers()
  assert(#pids == n, #pids .. " workers where " .. n .. " are wanted")
  return manager, pids
end

-- launched tells whether managers start their workers: only then more of them
-- can be made, and restarted.
function prelude.launched() return prelude.mode == "MPI_ON_WORKERS" end

-- die ends the worker that calls it as a signal would.
function prelude.die()
  local ok, kit = pcall(require, "testkit")
  if ok then kit.die() end
  os.execute("kill -9 $PPID")
end

-- fails checks that f raises an error whose text holds want, and gives it.
function prelude.fails(want, f, ...)
  local ok, e = pcall(f, ...)
  if ok then error("no error where '" .. want .. "' is wanted", 2) end
  if not tostring(e):find(want, 1, true) then
    error("got error '" .. tostring(e) .. "'\nwant '" .. want .. "' in it", 2)
  end
  return e
end

-- difference tells where two values differ, tables by content.
local function difference(got, want, where)
  if type(got) ~= "table" or type(want) ~= "table" then
    if got ~= want then return where .. " is " .. tostring(got) .. ", want " .. tostring(want) end
    return nil
  end
  for k, v in pairs(want) do
    local d = difference(got[k], v, where .. "[" .. tostring(k) .. "]")
    if d then return d end
  end
  for k in pairs(got) do
    if want[k] == nil then return where .. " has a field " .. tostring(k) .. " too many" end
  end
end

-- equal checks that two values are the same, tables by content.
function prelude.equal(got, want)
  local d = difference(got, want, "value")
  if d then error(d, 2) end
end

return prelude
