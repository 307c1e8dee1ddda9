-- k-means: points lie on all workers, the centres are found together by sums
-- over all.  Run it with:  mpiclus-lua run kmeans.lua [workers]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local n = tonumber(arg[1]) or 4
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager)

-- Points lie around these three.
local truth = { { 0, 0 }, { 10, 0 }, { 5, 8 } }
local k, per = #truth, 200

local results = cluster.mpido(manager, function()
    local rank = mpi.Comm_rank()
    array.seed(rank + 1)
    local points = {}
    for c = 1, k do
        local noise = array.randn(per, 2)
        for i = 1, per do points[#points + 1] = { truth[c][1] + noise:at(i, 1), truth[c][2] + noise:at(i, 2) } end
    end

    -- Rank 0 begins with three of its points; all know them.
    local centres = mpi.bcast(rank == 0 and { points[1], points[per + 1], points[2 * per + 1] } or nil, 0)

    local moved, rounds = 1, 0
    while moved > 1e-9 do
        -- For each centre: how many points are next to it, and their sums.
        local sums = array.matrix(k, 3)
        for _, p in ipairs(points) do
            local best, least
            for c = 1, k do
                local dx, dy = p[1] - centres[c][1], p[2] - centres[c][2]
                local d = dx * dx + dy * dy
                if not least or d < least then best, least = c, d end
            end
            local row = sums:row(best)
            row:axpy(1, array.from{ 1, p[1], p[2] })
        end
        mpi.Allreduce(mpi.IN_PLACE, sums, mpi.SUM)
        moved = 0
        for c = 1, k do
            local count = sums:at(c, 1)
            local x, y = sums:at(c, 2) / count, sums:at(c, 3) / count
            moved = moved + math.abs(x - centres[c][1]) + math.abs(y - centres[c][2])
            centres[c] = { x, y }
        end
        rounds = rounds + 1
    end
    return { centres = centres, rounds = rounds }
end)

for rank, r in cluster.each(results) do
    for c = 1, k do
        -- All ranks have the same bits, close to the truth.
        assert(r.centres[c][1] == results[0].centres[c][1] and r.centres[c][2] == results[0].centres[c][2])
        assert(math.abs(r.centres[c][1] - truth[c][1]) < 0.3 and math.abs(r.centres[c][2] - truth[c][2]) < 0.3)
    end
end
for c = 1, k do print(("centre %d at %.3f, %.3f"):format(c, results[0].centres[c][1], results[0].centres[c][2])) end
