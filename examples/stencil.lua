-- Heat in a plate: each rank owns some rows, and swaps the rows at its edges
-- with its neighbours before each step.  Run it with:
--   mpirun -n 4 mpiclus-lua run stencil.lua
local mpi = require "mpi"
local array = require "array"

local rows, cols, steps = 24, 16, 60

-- The ranks stand in a line: at its ends a neighbour is PROC_NULL, to which
-- sends go nowhere and from which nothing comes.
local line = mpi.Cart_create({ mpi.Comm_size() }, { false })
local rank, size = line:rank(), line:size()
local up, down = line:Cart_shift(0, 1)

local function edge(r) return math.floor(r * rows / size) end
local n = edge(rank + 1) - edge(rank)

-- Row 1 and row n + 2 are the halo: copies of the neighbours' edges.
local function plate(n) return array.matrix(n + 2, cols), array.matrix(n + 2, cols) end
local now, after = plate(n)

local function heat(m, first, n)
    for i = 1, n do
        for j = 1, cols do m:set(i + 1, j, (first + i) % 7 + j % 5) end
    end
end

-- One step for the inner columns of rows 2 to n + 1; what lies outside of the
-- plate is at 0.
local function step(now, after, n)
    for i = 2, n + 1 do
        for j = 2, cols - 1 do
            after:set(i, j, 0.25 * (now:at(i - 1, j) + now:at(i + 1, j) + now:at(i, j - 1) + now:at(i, j + 1)))
        end
    end
end

heat(now, edge(rank), n)
for k = 1, steps do
    -- A row shares the matrix's memory: nothing is copied here.
    line:Sendrecv(now:row(2), up, 0, now:row(n + 2), down, 0)
    line:Sendrecv(now:row(n + 1), down, 1, now:row(1), up, 1)
    step(now, after, n)
    now, after = after, now
end

-- Rank 0 gathers the rows and does the same alone: the bits must be equal.
local counts = line:allgather(n * cols)
local all = array.matrix(rows, cols)
line:Gatherv(now:flat():view(cols + 1, n * cols), rank == 0 and all:flat() or nil, counts, nil, 0)
if rank == 0 then
    local a, b = plate(rows)
    heat(a, 0, rows)
    for k = 1, steps do
        step(a, b, rows)
        a, b = b, a
    end
    assert(all:flat() == a:flat():view(cols + 1, rows * cols), "not what one process computes")
    print(("%d steps on %d ranks: the middle is at %.6f"):format(steps, size, all:at(rows / 2, cols / 2)))
end
line:free()
