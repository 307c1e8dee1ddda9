-- Statistics of data that is spread over workers, with the plugin "stats".
-- Run it with:  mpiclus-lua run plugin_stats.lua [workers]
local cluster, mpi, array = require "cluster", require "mpi", require "array"
local stats = require("plugin").load("stats")

local workers = tonumber(arg[1]) or 4
local manager = cluster.MPIManager{ np = workers }
cluster.addprocs(manager)

-- Every rank has its own number of measurements; rank 1 has none.
local function measurements(rank)
    local list = {}
    if rank ~= 1 then
        for i = 1, 1000 * (rank + 1) do list[i] = math.sin(i * (rank + 1)) * 10 + rank end
    end
    return list
end

local results = cluster.mpido(manager, function()
    local rank = mpi.Comm_rank()
    local x = array.from(measurements(rank), "float64")

    -- A function of the plugin looks at the data of all ranks.
    local d = stats.describe(x, {0.05, 0.5, 0.95})

    -- An op of the plugin merges records (n, mean, M2, M3) of all ranks.
    local merged = mpi.Allreduce(stats.accumulate(x), stats.moments)

    -- log(sum(exp(…))) over all ranks, without overflow.
    local evidence = mpi.Allreduce(1000 + rank, stats.logsumexp)
    return {describe = d, summary = stats.summary(merged), evidence = evidence}
end)

-- The same from all data at once.
local all, n = {}, 0
for rank = 0, workers - 1 do
    for _, v in ipairs(measurements(rank)) do n = n + 1; all[n] = v end
end
local sum = 0
for _, v in ipairs(all) do sum = sum + v end
local mean, squares = sum / n, 0
for _, v in ipairs(all) do squares = squares + (v - mean) ^ 2 end
table.sort(all)
local function quantile(q)
    local at = q * (n - 1)
    local low = math.floor(at)
    local a, b = all[low + 1], all[low + 2] or all[low + 1]
    return a + (at - low) * (b - a)
end
local function near(a, b) return math.abs(a - b) <= 1e-9 * math.max(1, math.abs(a), math.abs(b)) end

for rank, r in cluster.each(results) do
    local d = r.describe
    assert(d.n == n and r.summary.n == n, "rank " .. rank .. ": count")
    assert(near(d.mean, mean) and near(r.summary.mean, mean), "rank " .. rank .. ": mean")
    assert(near(d.variance, squares / (n - 1)) and near(r.summary.variance, squares / (n - 1)), "rank " .. rank .. ": variance")
    assert(near(d.skewness, r.summary.skewness), "rank " .. rank .. ": skewness")
    assert(d.min == all[1] and d.max == all[n], "rank " .. rank .. ": extremes")
    for q, v in pairs(d.quantiles) do assert(near(v, quantile(q)), "rank " .. rank .. ": quantile " .. q) end
    local log = 0
    for other in pairs(results) do log = log + math.exp(other - workers + 1) end
    assert(near(r.evidence, 1000 + workers - 1 + math.log(log)), "rank " .. rank .. ": logsumexp")
end

local d = results[0].describe
print(string.format("%d values on %d ranks: mean %.4f, std %.4f, median %.4f, from %.4f to %.4f",
    d.n, workers, d.mean, d.std, d.quantiles[0.5], d.min, d.max))
