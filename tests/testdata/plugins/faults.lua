-- A plugin that fails in the middle of a job: arg[1] says in what, on rank 1.
local cluster, mpi, array = require "cluster", require "mpi", require "array"
local bad = require("plugin").load "bad"
local what, n = arg[1], 2
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager)

local ok, e = pcall(cluster.mpido, manager, function()
    if what == "hangs" then
        print("rank " .. mpi.Comm_rank() .. " is there")
        io.flush()
    end
    local x = array.ones(4)
    if what:find "^op_" then
        local op = mpi.Comm_rank() == 1 and bad[what] or bad.plus
        return mpi.Reduce_local(x, array.ones(4), op)
    end
    if what == "reduction" then
        return mpi.Allreduce(x, bad.op_dies)
    end
    if mpi.Comm_rank() == 1 or what == "hangs" then return bad[what](1) end
end)
assert(not ok, "no error")
print("kind " .. tostring(e.kind) .. ": " .. tostring(e))
if what == "reduction" then return end
-- The job goes on, with a plugin that was started again.
local again = cluster.mpido(manager, function()
    return mpi.Allreduce(array.ones(4), bad.plus)[1] + bad.echo(1)
end)
assert(again[0] == n + 1 and again[1] == n + 1)
print("goes on")
