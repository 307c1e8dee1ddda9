-- What the master loaded travels by name; outside MPI it does what it can.
local cluster, mpi, array = require "cluster", require "mpi", require "array"
local stats = require("plugin").load "stats"

assert(math.abs(stats.logsumexp(0, 0) - math.log(2)) < 1e-15)
assert(stats.summary(stats.accumulate(array.from{1, 2, 3})).mean == 2)
local ok, e = pcall(stats.describe, array.from{1})
assert(not ok and e.kind == "mpi" and e.message:find("stats.describe communicates: this process is not part of an MPI job"), tostring(e))

local n = tonumber(arg[1]) or 2
local manager = cluster.MPIManager{ np = n }
cluster.addprocs(manager)
local describe, op = stats.describe, stats.logsumexp
local results = cluster.mpido(manager, function()
    local rank = mpi.Comm_rank()
    assert(mpi.COMM_CHUNK:size() == n)
    assert(stats.describe(array.from{rank}, mpi.COMM_CHUNK).n == n)
    return {describe(array.from{rank}).mean, mpi.Allreduce(rank, op), tostring(stats)}
end)
for rank, r in cluster.each(results) do
    local sum = 0
    for other = 0, n - 1 do sum = sum + math.exp(other) end
    assert(r[1] == (n - 1) / 2 and math.abs(r[2] - math.log(sum)) < 1e-12 and r[3] == tostring(stats))
end
assert(cluster.remotecall_fetch(function() return stats.logsumexp(0, 0) end, 2) == stats.logsumexp(0, 0))
print("fine")
