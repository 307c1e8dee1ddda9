-- A sparse reduction as in distributed training, and a sort over all workers,
-- with the plugin "topk".
-- Run it with:  mpiclus-lua run plugin_topk.lua [workers]
local cluster, mpi, array = require "cluster", require "mpi", require "array"
local topk = require("plugin").load("topk")

local workers = tonumber(arg[1]) or 4
local manager = cluster.MPIManager{ np = workers }
cluster.addprocs(manager)

local length, k, steps = 200, 10, 30

local results = cluster.mpido(manager, function()
    local rank = mpi.Comm_rank()

    -- Each rank wants to add its gradient to the model in every step, but sends
    -- only the k largest entries; what it held back it adds the next time.
    local model, rest = array.zeros(length), array.zeros(length)
    local gradient = array.zeros(length)
    for i = 1, length do gradient[i] = math.cos(i * (rank + 1)) end
    for _ = 1, steps do
        local sum
        sum, rest = topk.allreduce_topk(rest + gradient, k)
        model = model + sum
    end

    -- Sort numbers that lie on all ranks, a different count on each.
    local mine = {}
    for i = 1, 50 * rank do mine[i] = (i * 37 + rank * 11) % 101 end
    local x = array.from(mine, "int64")
    local places, sorted = topk.argsort_global(x)
    return {model = model, held = mpi.Allreduce(rest, mpi.SUM), mine = x, places = places, sorted = sorted}
end)

-- What arrived and what was held back are all gradients of all steps.
for rank, r in cluster.each(results) do
    for i = 1, length do
        local want = 0
        for other = 1, workers do want = want + steps * math.cos(i * other) end
        assert(math.abs(r.model[i] + r.held[i] - want) < 1e-9, "rank " .. rank .. ": entry " .. i)
        assert(r.model[i] == results[0].model[i], "the ranks differ")
    end
end

-- The parts in order of rank are the stable sort of all numbers.
local all, order = {}, {}
for _, r in cluster.each(results) do
    for i = 1, #r.mine do all[#all + 1] = r.mine[i]; order[#all] = #all end
end
table.sort(order, function(a, b)
    if all[a] ~= all[b] then return all[a] < all[b] end
    return a < b
end)
local at = 0
for rank, r in cluster.each(results) do
    assert(#r.places == #r.mine, "rank " .. rank .. " has another count than before")
    for i = 1, #r.places do
        at = at + 1
        assert(r.places[i] == order[at] and r.sorted[i] == all[order[at]], "rank " .. rank .. ": place " .. i)
    end
end
print(string.format("%d ranks: %d of %d entries a step, %d numbers sorted", workers, k, length, at))
