-- What hangs in a plugin is left when its time is over, and the job goes on.
local cluster, mpi = require "cluster", require "mpi"
local bad = require("plugin").load "bad"
local manager = cluster.MPIManager{ np = 2 }
cluster.addprocs(manager)

for _, what in ipairs{"waits", "hangs", "op_hangs"} do
    local ok, e = pcall(manager.mpido, manager, {timeout = 0.5, chunk = function()
        if what == "op_hangs" then return mpi.Allreduce(1, bad.op_hangs) end
        return bad[what]()
    end})
    assert(not ok and e.kind == "timeout", what .. ": " .. tostring(e))
    local from = cluster.mpido(manager, function() return bad.ring() end)
    assert(from[0] == 1 and from[1] == 0, what)
end
print "fine"
