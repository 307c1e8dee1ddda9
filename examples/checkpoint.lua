-- Save the state of a long computation, lose a worker, and go on from the last
-- state.  Run it with:  mpiclus-lua run checkpoint.lua [workers]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local n = tonumber(arg[1]) or 3
local file = os.tmpname()
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager)

-- Each rank has a part of the numbers; a step multiplies all by two. The state
-- is the step and the arrays of all ranks: they travel as they are.
local function save(state)
    local out = assert(io.open(file .. ".new", "w"))
    out:write("return { step = ", state.step, ", parts = {")
    for rank = 0, n - 1 do
        out:write("[", rank, "] = {")
        for _, x in ipairs(state.parts[rank]:totable()) do
            out:write(("%.17g,"):format(x))       -- all digits: tostring gives 14
        end
        out:write("},")
    end
    out:write("} }\n")
    assert(out:close())
    assert(os.rename(file .. ".new", file))       -- complete, or not there at all
end

local function load_state()
    local ok, state = pcall(dofile, file)
    if not ok or not state then                   -- the first run: no state yet
        state = { step = 0, parts = {} }
        for rank = 0, n - 1 do state.parts[rank] = { rank + 1, rank + 1 } end
    end
    return state
end

local function compute(state, until_step, die)
    local parts = cluster.mpido(manager, function(parts, first, last, die)
        local part = array.from(parts[mpi.Comm_rank()])
        for step = first, last do
            part = part * 2
            mpi.Barrier()                          -- what a real program would exchange
            if die and step == last and mpi.Comm_rank() == mpi.Comm_size() - 1 then os.exit(7) end
        end
        return part
    end, state.parts, state.step + 1, until_step, die)
    return { step = until_step, parts = parts }
end

-- The master's loop: ten steps between two states, and a worker that is lost
-- on the way.
local target, restarts = 50, 0
while load_state().step < target do
    local state = load_state()
    local ok, result = pcall(compute, state, state.step + 10, state.step == 20 and restarts == 0)
    if ok then
        save(result)
    else
        assert(result.kind == "lost", tostring(result))
        restarts = restarts + 1
        manager:restart()                         -- a fresh MPI job; the state is in the file
    end
end

local state = load_state()
os.remove(file)
for rank = 0, n - 1 do
    assert(state.parts[rank][1] == (rank + 1) * 2 ^ 50)
end
assert(restarts == 1)
print(("step %d after %d restart"):format(state.step, restarts))
