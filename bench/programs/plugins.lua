-- What plugins cost on 2 ranks. arg[1] says what is measured: an op
-- ("plugin", "built-in", "lua") or "calls". Prints names and microseconds.
local cluster, mpi, array = require "cluster", require "mpi", require "array"
local bench = require("plugin").load "bench"
local part = arg[1]
local manager = cluster.MPIManager{ np = 2 }
cluster.addprocs(manager)

local results = cluster.mpido(manager, function()
    local lines = {}
    -- The median of five rounds.
    local function measure(name, count, f)
        for _ = 1, math.max(1, count / 10) do f() end
        local times = {}
        for k = 1, 5 do
            mpi.Barrier()
            local start = mpi.Wtime()
            for _ = 1, count do f() end
            times[k] = (mpi.Wtime() - start) / count * 1e6
        end
        table.sort(times)
        lines[#lines + 1] = name .. " " .. times[3]
    end
    if part == "calls" then
        local x, y = array.ones(1), array.zeros(1)
        measure("op-8", 500, function() bench.plus(x, y) end)
        measure("function", 300, function() bench.nothing() end)
        measure("barrier", 200, function() bench.barrier() end)
        return lines
    end
    local op = mpi.SUM
    if part == "plugin" then op = bench.plus end
    if part == "lua" then op = mpi.Op_create_array(function(a, b) b:axpy(1, a) end, true) end
    for _, n in ipairs{1, 1000000} do
        local x, y = array.ones(n), array.zeros(n)
        local count = n == 1 and 500 or 10
        measure("allreduce-" .. n, count, function() mpi.Allreduce(x, y, op) end)
        assert(y[1] == 2 and y[n] == 2)
        measure("local-" .. n, count, function() mpi.Reduce_local(x, y, op) end)
    end
    return lines
end)
for _, line in ipairs(results[0]) do print(line) end
