-- One job, all ways to use it: chunks that call MPI on every worker, and calls,
-- loops and maps between them, in one script.  It follows the example
-- 06-cman.jl of the Julia package MPIClusterManagers.
-- Run it with:  mpiclus-lua run luacman.lua [workers]
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local n = tonumber(arg[1]) or 4
local manager = cluster.MPIManager{ np = n }
local pids = cluster.addprocs(manager)
assert(#pids == n)

local function title(text) print("\n" .. text) end

title "Hello from every rank"
local ranks = cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    print(("Hello world, I am %d of %d"):format(rank, size))
    return rank
end)
for rank, value in cluster.each(ranks) do assert(rank == value) end

title "A parallel loop without MPI: heads of 200,000 coin tosses"
local tosses = 200000
local heads = cluster.distributed("+", 1, tosses, function(i)
    return math.random(0, 1)
end)
print(heads)
-- 200,000 fair tosses stray from the middle by 224 on average.
assert(math.abs(heads - tosses / 2) < 10 * 224)

title "Broadcast"
cluster.mpido(manager, function()
    local root, rank = 0, mpi.Comm_rank()
    local a = array.zeros(5, "complex128")
    if rank == root then
        for i = 1, #a do a[i] = array.complex(i, 2 * i) end
    end
    mpi.Bcast(a, root)
    assert(a[5] == array.complex(5, 10))
    local shared = mpi.bcast(rank == root and { x = "from the root" } or nil, root)
    assert(shared.x == "from the root")
    print(("rank %d has %s"):format(rank, tostring(a:view(1, 2))))
end)

title "A parallel map: singular values of ten 10 x 10 random matrices"
local matrices = {}
for i = 1, 10 do matrices[i] = array.rand(100):reshape(10, 10) end
local values = cluster.pmap(function(m)
    local u, s, v = array.linalg.svd(m)
    return s
end, matrices)
assert(#values == 10)
for i, s in ipairs(values) do
    -- The squares of the singular values add up to those of the elements.
    local m = matrices[i]
    assert(#s == 10 and math.abs(s:dot(s) - array.linalg.norm(m) ^ 2) < 1e-9)
    print(("matrix %2d: %.4f to %.4f"):format(i, s[1], s[10]))
end

title "Reduce"
local sums = cluster.mpido(manager, function()
    local root, rank = 0, mpi.Comm_rank()
    local sum = mpi.Reduce(rank, mpi.SUM, root)
    if rank == root then print("the sum of all ranks is " .. sum) end
    return sum
end)
assert(sums[0] == n * (n - 1) / 2)

title "Ranks and pids"
for pid, rank in pairs(manager.j2mpi) do
    assert(manager.mpi2j[rank] == pid)
    assert(cluster.remotecall_fetch(function() return mpi.Comm_rank() end, pid) == rank)
end
for rank, pid in cluster.each(manager.mpi2j) do print(("rank %d is pid %d"):format(rank, pid)) end

title "Send to the right neighbour, receive from the left one"
cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local right, left = (rank + 1) % size, (rank - 1) % size
    local outgoing, incoming = array.full(4, rank), array.zeros(4)
    mpi.Sendrecv(outgoing, right, 32, incoming, left, 32)
    assert(incoming == array.full(4, left))
    print(("rank %d: got %s from %d"):format(rank, tostring(incoming), left))
end)

title "What a chunk left behind, read by a call"
cluster.mpido(manager, function() mine = mpi.Comm_rank() end)
for pid, rank in pairs(manager.j2mpi) do
    assert(cluster.remotecall_fetch(function() return mine end, pid) == rank)
end
print("all there")
