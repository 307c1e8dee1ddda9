-- Conjugate gradients: A x = b for the matrix of a chain (2 on the diagonal,
-- -1 beside it), of which each rank owns some rows.  Run it with:
--   mpirun -n 4 mpiclus-lua run cg.lua
local mpi = require "mpi"
local array = require "array"

local line = mpi.Cart_create({ mpi.Comm_size() }, { false })
local rank, size = line:rank(), line:size()
local left, right = line:Cart_shift(0, 1)

local total = 200
local first = math.floor(rank * total / size)
local n = math.floor((rank + 1) * total / size) - first

-- A times p. p has one more element at each end, those of the neighbours;
-- at the ends of the chain they stay 0.
local function multiply(p)
    line:Sendrecv(p:view(2, 1), left, 0, p:view(n + 2, 1), right, 0)
    line:Sendrecv(p:view(n + 1, 1), right, 1, p:view(1, 1), left, 1)
    return 2 * p:view(2, n) - p:view(1, n) - p:view(3, n)
end

local function dot(a, b) return line:Allreduce(a:dot(b), mpi.SUM) end

-- The right side is chosen so that the answer is known: x[i] = sin(i).
local known = array.zeros(n + 2)
for i = 1, n do known[i + 1] = math.sin(first + i) end
local b = multiply(known)

local x, r = array.zeros(n), b:copy()
local p = array.zeros(n + 2)
p:view(2, n):assign(r)
local rr, steps = dot(r, r), 0
while rr > 1e-20 and steps < 2 * total do
    local q = multiply(p)
    local alpha = rr / dot(p:view(2, n), q)
    x:axpy(alpha, p:view(2, n))
    r:axpy(-alpha, q)
    local before = rr
    rr = dot(r, r)
    p:view(2, n):assign(r + (rr / before) * p:view(2, n))
    steps = steps + 1
end

local wrong = line:Allreduce((x - known:view(2, n)):norm(math.huge), mpi.MAX)
assert(wrong < 1e-8, "off by " .. wrong)
if rank == 0 then print(("solved for %d unknowns on %d ranks in %d steps"):format(total, size, steps)) end
line:free()
