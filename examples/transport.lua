-- All processes in MPI, the master included, with messages over TCP or over
-- MPI.  Run it with:  mpirun -n 4 mpiclus-lua run transport.lua TCP|MPI
local cluster = require "cluster"
local mpi = require "mpi"
local array = require "array"

local modes = { TCP = cluster.TCP_TRANSPORT_ALL, MPI = cluster.MPI_TRANSPORT_ALL }
local name = arg[1] or "MPI"
local mode = assert(modes[name], "say TCP or MPI")
local manager = cluster.start_main_loop(mode)

-- From here on only rank 0 runs this script. The other ranks serve it.
print(("%d processes, messages over %s"):format(cluster.nprocs(), name))

-- Messages: a worker gives back what it was sent.
local worker = cluster.workers()[1]
local function same(x) return x end
for _, n in ipairs{ 1000, 1000000 } do
    local sent = array.rand(n)
    local got
    local begin = mpi.Wtime()
    for _ = 1, 100 do got = cluster.remotecall_fetch(same, worker, sent) end
    local each = (mpi.Wtime() - begin) / 100
    assert(got == sent)
    print(("100 echoes of %7d float64: %9.3f ms each"):format(n, each * 1e3))
end

-- MPI: mpido runs on all ranks, on this one as well.
cluster.mpido(manager, function()
    print("Hello world, I am " .. mpi.Comm_rank() .. " of " .. mpi.Comm_size())
end)

cluster.mpido(manager, function()
    local settings = mpi.bcast(mpi.Comm_rank() == 0 and { name = "demo", steps = { 1, 2, 3 } } or nil, 0)
    assert(settings.name == "demo" and #settings.steps == 3)
end)

local sums = cluster.mpido(manager, function()
    return mpi.Allreduce(mpi.Comm_rank() + 1, mpi.SUM)
end)
for _, sum in cluster.each(sums) do assert(sum == manager.np * (manager.np + 1) / 2) end

cluster.mpido(manager, function()
    local rank, size = mpi.Comm_rank(), mpi.Comm_size()
    local incoming = array.zeros(4)
    mpi.Sendrecv(array.full(4, rank), (rank + 1) % size, 7, incoming, (rank - 1) % size, 7)
    assert(incoming == array.full(4, (rank - 1) % size))
end)

-- A remote call passes while all ranks of MPI wait for one of them.
local calls = cluster.mpido(manager, function()
    local n = 0
    if mpi.Comm_rank() == mpi.Comm_size() - 1 then
        for pid = 1, mpi.Comm_size() - 1 do
            assert(cluster.remotecall_fetch(cluster.myid, pid) == pid)
            n = n + 1
        end
    end
    mpi.Barrier()
    return n
end)
assert(calls[manager.np - 1] == manager.np - 1)

cluster.stop_main_loop(manager)
print("all is right")
