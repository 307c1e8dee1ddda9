-- Two MPI jobs at once: one computes with MPI, the other looks at what comes
-- out of it, and they call each other directly.  Run it with:
--   mpiclus-lua run two_managers.lua [workers of each]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local n = tonumber(arg[1]) or 2
local solver = cluster.MPIManager{ np = n }
local analysis = cluster.MPIManager{ np = 1 }
cluster.addprocs(solver)
local analyst = cluster.addprocs(analysis)[1]

-- Each job is a world of its own.
local sizes = cluster.mpido(solver, function() return mpi.Comm_size() end)
assert(sizes[0] == n)
assert(cluster.mpido(analysis, function() return mpi.Comm_size() end)[0] == 1)

-- What the analyst does with each step. It runs there, whoever calls it.
cluster.remotecall_wait(function()
    history = {}
    function note(step, mean) history[step] = mean return #history end
end, analyst)

-- The solver: a rod that cools from its middle, in parts, one for each rank.
cluster.mpido(solver, function(steps, analyst)
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local heat = array.zeros(10)
    if rank == math.floor(size / 2) then heat[5] = 100 end
    local left, right = array.zeros(1), array.zeros(1)
    local before = rank > 0 and rank - 1 or mpi.PROC_NULL
    local after = rank < size - 1 and rank + 1 or mpi.PROC_NULL
    for step = 1, steps do
        left[1], right[1] = heat[1], heat[10]      -- at the ends nothing flows
        mpi.Sendrecv(heat:view(10, 1), after, 0, left, before, 0)
        mpi.Sendrecv(heat:view(1, 1), before, 1, right, after, 1)
        local old = heat:copy()
        for i = 1, 10 do
            local l, r = i > 1 and old[i - 1] or left[1], i < 10 and old[i + 1] or right[1]
            heat[i] = old[i] + 0.25 * (l - 2 * old[i] + r)
        end
        local sum = mpi.Reduce(heat:sum(), mpi.SUM, 0)
        if rank == 0 then
            cluster.remotecall_fetch(function(step, sum) return note(step, sum) end, analyst, step, sum)
        end
    end
end, 20, analyst)

local history = cluster.remotecall_fetch(function() return history end, analyst)
assert(#history == 20)
for step, sum in ipairs(history) do
    assert(math.abs(sum - 100) < 1e-9, "heat was lost in step " .. step)
end
print(("%d ranks computed %d steps, pid %d kept them"):format(n, #history, analyst))
