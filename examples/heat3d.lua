-- Heat in a block of metal: each rank owns a part of it, cut along all three
-- dimensions, and swaps the faces with its neighbours before each step. The faces
-- are slices that MPI sends and receives where they lie.  Run it with:
--   mpirun -n 4 mpiclus-lua run heat3d.lua
local mpi = require "mpi"
local array = require "array"

local whole, steps, speed = { 14, 18, 10 }, 25, 0.1

local dims = mpi.Dims_create(mpi.Comm_size(), { 0, 0, 0 })
local grid = mpi.Cart_create(dims, { false, false, false })
local rank, size = grid:rank(), grid:size()

-- The part of a rank: its first index and its length in each dimension.
local function part(rank)
    local at, first, n = grid:Cart_coords(rank), {}, {}
    for d = 1, 3 do
        local function edge(i) return math.floor(i * whole[d] / dims[d]) end
        first[d], n[d] = edge(at[d]) + 1, edge(at[d] + 1) - edge(at[d])
    end
    return first, n
end

-- A block with a halo of one element around it, and the part within the halo.
local in1 = { 2, -2 }
local function block(n) return array.zeros{ n[1] + 2, n[2] + 2, n[3] + 2 } end
local function within(a) return a:slice{ in1, in1, in1 } end

local function start(first, n)
    local b = block(n)
    local z = (array.range(1, n[1]) + (first[1] - 1)):reshape(-1, 1, 1)
    local y = (array.range(1, n[2]) + (first[2] - 1)):reshape(-1, 1)
    within(b):assign(z % 3 + y * (array.range(1, n[3]) + (first[3] - 1)) % 7)
    return b
end

-- One step: the heat flows to and from the six neighbours of each element.
local function step(now, after)
    local to = within(after)
    to:assign(within(now)):mul(1 - 6 * speed)
    for d = 1, 3 do
        for _, beside in ipairs{ { 1, -3 }, { 3, -1 } } do
            local shifted = { in1, in1, in1 }
            shifted[d] = beside
            to:axpy(speed, now:slice(shifted))
        end
    end
end

-- The face at index i of dimension d.
local function face(a, d, i)
    local cut = { in1, in1, in1 }
    cut[d] = i
    return a:slice(cut)
end

local first, n = part(rank)
local now, after = start(first, n), block(n)
for k = 1, steps do
    for d = 1, 3 do
        local low, high = grid:Cart_shift(d - 1, 1)
        mpi.Sendrecv(face(now, d, 2), low, 0, face(now, d, -1), high, 0, grid)
        mpi.Sendrecv(face(now, d, -2), high, 1, face(now, d, 1), low, 1, grid)
    end
    step(now, after)
    now, after = after, now
end

-- Rank 0 receives the parts in their places, and does the same alone.
if rank > 0 then
    mpi.Send(within(now), 0, 2, grid)
else
    local all = array.zeros(whole)
    for r = 0, size - 1 do
        local first, n = part(r)
        local place = {}
        for d = 1, 3 do place[d] = { first[d], first[d] + n[d] - 1 } end
        if r == 0 then all:slice(place):assign(within(now)) else mpi.Recv(all:slice(place), r, 2, grid) end
    end
    local a, b = start({ 1, 1, 1 }, whole), block(whole)
    for k = 1, steps do
        step(a, b)
        a, b = b, a
    end
    assert((all - within(a)):abs():max() < 1e-12, "not what one process computes")
    print(("%d steps on %d ranks: %.6f in all"):format(steps, size, all:sum()))
end
grid:free()
