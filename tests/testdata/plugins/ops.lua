-- Ops of plugins wherever mpi.SUM goes, against plain Lua. Run by mpirun.
local mpi, array = require "mpi", require "array"
local stats = require("plugin").load "stats"
local rank, size = mpi.Comm_rank(), mpi.Comm_size()

local function near(a, b) return a == b or math.abs(a - b) <= 1e-12 * math.max(1, math.abs(a), math.abs(b)) end
local function same(what, got, want)
    assert(got and #got == #want, what .. ": length")
    for i = 1, #want do assert(near(got[i], want[i]), what .. ": element " .. i .. " is " .. got[i] .. ", want " .. want[i]) end
end
local function fails(what, pattern, f, ...)
    local ok, e = pcall(f, ...)
    assert(not ok, what .. ": no error")
    assert(tostring(e):find(pattern), what .. ": " .. tostring(e))
    return e
end

-- logsumexp over ranks from first to last of what rank r has at place i.
local function value(r, i) return (r * 7 + i * 3) % 11 - 5 end
local function lse(first, last, i)
    local sum = 0
    for r = first, last do sum = sum + math.exp(value(r, i)) end
    return math.log(sum)
end
local function expected(first, last, from, to)
    local list = {}
    for i = from, to do list[#list + 1] = lse(first, last, i) end
    return list
end

for _, n in ipairs{0, 1, 3, 1000} do
    local x = array.zeros(n)
    for i = 1, n do x[i] = value(rank, i) end
    local op = stats.logsumexp
    same("Allreduce", mpi.Allreduce(x, op), expected(0, size - 1, 1, n))
    local y = array.zeros(n)
    mpi.Allreduce(x, y, op)
    same("Allreduce into", y, expected(0, size - 1, 1, n))
    y = x:copy()
    mpi.Allreduce(mpi.IN_PLACE, y, op)
    same("Allreduce in place", y, expected(0, size - 1, 1, n))
    for root = 0, size - 1 do
        local got = mpi.Reduce(x, op, root)
        if rank == root then same("Reduce", got, expected(0, size - 1, 1, n)) end
    end
    same("Scan", mpi.Scan(x, op), expected(0, rank, 1, n))
    local before = mpi.Exscan(x, op)
    if rank > 0 then same("Exscan", before, expected(0, rank - 1, 1, n)) end
    local out = array.zeros(n)
    mpi.Wait(mpi.Iallreduce(x, out, op))
    same("Iallreduce", out, expected(0, size - 1, 1, n))
    local a, b = x:copy(), array.zeros(n)
    for i = 1, n do b[i] = value(rank + 1, i) end
    mpi.Reduce_local(a, b, op)
    same("Reduce_local", b, expected(rank, rank + 1, 1, n))
    local blocks = array.zeros(n * size)
    for i = 1, n * size do blocks[i] = value(rank, i) end
    same("Reduce_scatter_block", mpi.Reduce_scatter_block(blocks, op), expected(0, size - 1, rank * n + 1, rank * n + n))
end

-- Numbers, float32, a comm of our own, the twins.
assert(near(mpi.Allreduce(value(rank, 1), stats.logsumexp), lse(0, size - 1, 1)))
local f = mpi.Allreduce(array.full(2, value(rank, 1), "float32"), stats.logsumexp)
assert(math.abs(f[2] - lse(0, size - 1, 1)) < 1e-5)
local half = mpi.Comm_split(rank % 2, rank)
local members = {}
for r = rank % 2, size - 1, 2 do members[#members + 1] = math.exp(value(r, 1)) end
local sum = 0
for _, v in ipairs(members) do sum = sum + v end
assert(near(half:Allreduce(value(rank, 1), stats.logsumexp), math.log(sum)))
half:free()
assert(near(mpi.allreduce(value(rank, 2), stats.logsumexp), lse(0, size - 1, 2)))
local kept = array.full(2, value(rank, 2))
same("allreduce of arrays", mpi.allreduce(kept, stats.logsumexp), {lse(0, size - 1, 2), lse(0, size - 1, 2)})
assert(kept[1] == value(rank, 2), "allreduce changed its argument")

-- Without communication.
assert(near(stats.logsumexp(0, 0), math.log(2)))
local c = array.from{1, 2}
assert(stats.logsumexp(array.from{1, 2}, c) == c and near(c[2], 2 + math.log(2)))

-- Records: MPI must not cut them, whatever way it splits a long array.
local records = 5001 -- so that a part of a rank does not end with a record
local mine = array.zeros(4 * records)
for k = 0, records - 1 do
    local v = value(rank, k)
    mine[4 * k + 1], mine[4 * k + 2] = 1, v
end
local function check(what, got, ranks, first, count)
    assert(#got == 4 * count, what .. ": length")
    for k = 0, count - 1 do
        local n, mean, m2 = 0, 0, 0
        for r = 0, ranks - 1 do n = n + 1; mean = mean + value(r, first + k) end
        mean = mean / n
        for r = 0, ranks - 1 do m2 = m2 + (value(r, first + k) - mean) ^ 2 end
        assert(got[4 * k + 1] == n and near(got[4 * k + 2], mean) and math.abs(got[4 * k + 3] - m2) < 1e-9, what .. ": record " .. k)
    end
end
check("Allreduce of records", mpi.Allreduce(mine, stats.moments), size, 0, records)
check("Scan of records", mpi.Scan(mine, stats.moments), rank + 1, 0, records)
local place = mine:copy()
mpi.Allreduce(mpi.IN_PLACE, place, stats.moments)
check("Allreduce of records in place", place, size, 0, records)
local later = array.zeros(4 * records)
mpi.Wait(mpi.Iallreduce(mine, later, stats.moments))
check("Iallreduce of records", later, size, 0, records)
local root = mpi.Reduce(mine, stats.moments, size - 1)
if rank == size - 1 then check("Reduce of records", root, size, 0, records) end
local many = array.zeros(8 * size)
for k = 0, 2 * size - 1 do many[4 * k + 1], many[4 * k + 2] = 1, value(rank, k) end
check("Reduce_scatter_block of records", mpi.Reduce_scatter_block(many, stats.moments), size, 2 * rank, 2)
local counts = {}
for r = 1, size do counts[r] = 8 end
check("Reduce_scatter of records", mpi.Reduce_scatter(many, counts, stats.moments), size, 2 * rank, 2)

-- What is wrong is told before MPI is called.
local e = fails("type", "stats%.logsumexp does not work on int32, but on float64, float32", mpi.Allreduce, array.zeros(1, "int32"), stats.logsumexp)
assert(e.kind == "argument")
fails("record", "stats%.moments works on records of 4 elements; 6 elements", mpi.Allreduce, array.zeros(6), stats.moments)
fails("free", "stats%.logsumexp belongs to its plugin", mpi.Op_free, stats.logsumexp)
fails("member", "plugin stats 1%.0%.0 has no nothing; it has moments, logsumexp", function() return stats.nothing end)
fails("local type", "stats%.moments does not work on float32", stats.moments, array.zeros(4, "float32"), array.zeros(4, "float32"))
assert(tostring(stats.logsumexp) == "op stats.logsumexp" and tostring(stats):find("^plugin stats 1%.0%.0 "))
if rank == 0 then print("fine") end
