-- Rank 0 gives every rank a complex array and a table.
-- Run it with:  mpiclus-lua run broadcast.lua [workers]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local manager = cluster.MPIManager{ np = tonumber(arg[1]) or 4 }
cluster.addprocs(manager)

cluster.mpido(manager, function()
    local root = 0
    local rank = mpi.Comm_rank()

    -- Capital letter: typed memory, in place. Every rank has room for it.
    local a = array.zeros(10, "complex128")
    if rank == root then
        for i = 1, #a do a[i] = array.complex(i, 2 * i) end
    end
    mpi.Bcast(a, root)
    for i = 1, #a do assert(a[i] == array.complex(i, 2 * i)) end

    -- Lower case: any Lua value, here a table that holds an array.
    local settings
    if rank == root then
        settings = { name = "demo", steps = { 1, 2, 3 }, weights = array.from{ 0.25, 0.5, 0.25 } }
    end
    settings = mpi.bcast(settings, root)
    assert(settings.name == "demo" and #settings.steps == 3 and settings.weights:sum() == 1)

    print("rank " .. rank .. " has " .. tostring(a:view(1, 2)) .. " and " .. settings.name)
end)
