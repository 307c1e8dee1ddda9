-- Functions of plugins under mpirun: communicators, arguments, errors.
local mpi, array = require "mpi", require "array"
local plugin = require "plugin"
local stats, topk, bad = plugin.load "stats", plugin.load "topk", plugin.load "bad"
local rank, size = mpi.Comm_rank(), mpi.Comm_size()

local function fails(what, kind, pattern, f, ...)
    local ok, e = pcall(f, ...)
    assert(not ok, what .. ": no error")
    assert(e.kind == kind and e.message:find(pattern), what .. ": " .. tostring(e.kind) .. ": " .. tostring(e))
    return e
end

-- A message of the script that waits on the same communicator is not met by
-- those of the function, nor the other way round.
local own = array.zeros(1)
local r = mpi.Irecv(own, mpi.ANY_SOURCE, mpi.ANY_TAG)
local next = (rank + 1) % size
local handed = mpi.isend({from = rank}, next, 0)
local indices, sorted = topk.argsort_global(array.from{size - rank, 0.5})
assert(indices:type() == "int64" and #sorted == 2)
local from, source, count = bad.ring()
assert(from == (rank + size - 1) % size and source == from and count == 1, "ring")
local d = stats.describe(array.full(rank, rank))
assert(d.n == size * (size - 1) / 2)
mpi.Send(array.from{rank}, next, 3)
assert(r:wait().tag == 3 and own[1] == (rank + size - 1) % size)
local t = mpi.recv()
assert(t.from == (rank + size - 1) % size)
handed:wait()

-- On a communicator of some ranks; the last argument, or the world.
local half = mpi.Comm_split(rank % 2, rank)
assert(stats.describe(array.from{1}, half).n == half:size())
assert(stats.describe(array.from{1}, {0.5}, half).n == half:size())
assert(stats.describe(array.from{1}, mpi.COMM_WORLD).n == size)
assert(stats.describe(array.from{1}, nil, mpi.COMM_SELF).n == 1)
for _ = 1, 5 do
    local dup = mpi.Comm_dup()
    assert(stats.describe(array.from{rank}, dup).mean == (size - 1) / 2)
    dup:free()
end
half:free()
fails("freed", "argument", "stats%.describe: the communicator was freed", stats.describe, array.from{1}, half)

-- Arrays keep their type and shape; long ones, of more than gRPC's 4 MB, come
-- over as well.
if rank == 0 then
    local big = array.rand(600000)
    local place, values = topk.argsort_global(big, mpi.COMM_SELF)
    for i = 2, #values, 997 do assert(values[i - 1] <= values[i] and big[place[i]] == values[i]) end
end
assert(stats.accumulate(array.matrix(2, 3, "int8"))[1] == 6)

-- Errors of functions, and of arguments that cannot go there.
local e = fails("argument", "plugin", "plugin stats describe: bad argument #1 'array' %(array expected, got string%)", stats.describe, "x")
assert(e.rank == rank)
fails("quantiles", "plugin", "a list of numbers from 0 to 1 expected", stats.describe, array.from{1}, {7})
fails("function", "argument", "bad argument #1 to 'stats.accumulate' %(a function cannot go to a plugin", stats.accumulate, print)
fails("coroutine", "argument", "%[x%]: a thread cannot go", stats.accumulate, {x = coroutine.create(function() end)})
local loop = {}
loop[1] = loop
fails("loop", "argument", "in itself", stats.accumulate, loop)
fails("missing", "plugin", "plugin nowhere not found.*there are: .*stats", plugin.load, "nowhere")
fails("option", "argument", "no option chekcsum", plugin.load, "stats", {chekcsum = "x"})
fails("checksum", "plugin", "the checksum of .* is sha256:.*not sha256:0000", plugin.load, "stats", {checksum = "sha256:" .. ("0"):rep(64)})
assert(plugin.load "stats" == stats and plugin.about(stats).version == "1.0.0" and plugin.about(stats).ops.moments)
local names = {}
for _, p in ipairs(plugin.list()) do names[p.name] = p.path end
assert(names.stats and names.topk)

-- An MPI error inside a function keeps its class.
local e = fails("truncated", "plugin", "plugin bad too_long: .*ERR_TRUNCATE", bad.too_long, mpi.COMM_SELF)
assert(e.class == "ERR_TRUNCATE")
assert(bad.ring() == from)
if rank == 0 then print("fine") end
