-- Columns of a matrix, and its transpose, without packing anything by hand:
-- a derived type says where the elements lie.  Run it with:
--   mpirun -n 4 mpiclus-lua run datatype.lua
local mpi = require "mpi"
local array = require "array"

local rank, size = mpi.Comm_rank(), mpi.Comm_size()
local rows = 5

-- On rank 0: a matrix of 5 rows, and a column for each rank.
local m = array.matrix(rows, size)
if rank == 0 then
    for i = 1, rows do
        for j = 1, size do m:set(i, j, 10 * i + j) end
    end
end

-- A column: one element of each row, `size` elements apart. Resized, so that
-- the next column begins one element (8 bytes) after it.
local column = mpi.Type_create_resized(mpi.Type_vector(rows, 1, size, mpi.DOUBLE), 0, 8):commit()
assert(column:size() == 8 * rows)

local mine = array.zeros(rows)
mpi.Scatter(rank == 0 and { m, size, column } or nil, mine, 0)
for i = 1, rows do assert(mine[i] == 10 * i + rank + 1) end

-- Back into another place: column r goes to place size - 1 - r.
local back = array.matrix(rows, size)
if rank == 0 then
    local requests = {}
    for r = 0, size - 1 do
        requests[#requests + 1] = mpi.Irecv({ back, 1, column, offset = size - 1 - r }, r, 1)
    end
    requests[#requests + 1] = mpi.Isend(mine, 0, 1)
    mpi.Waitall(requests)
    for i = 1, rows do
        for j = 1, size do assert(back:at(i, j) == 10 * i + size + 1 - j) end
    end
else
    mpi.Send(mine, 0, 1)
end

-- The transpose of a matrix that lies on the ranks row by row: each sends
-- element j of its row to rank j, which puts it in its place.
local row = array.zeros(size)
for j = 1, size do row[j] = 100 * (rank + 1) + j end
local transposed = mpi.Alltoall(row)
for j = 1, size do assert(transposed[j] == 100 * j + rank + 1) end

-- A record of an int and two doubles lies in bytes.
local record = mpi.Type_create_struct({ 1, 2 }, { 0, 8 }, { mpi.INT32_T, mpi.DOUBLE }):commit()
local bytes = array.zeros(24, "uint8")
mpi.Pack(array.full(1, rank, "int32"), bytes, 0)
mpi.Pack(array.from{ rank + 0.25, rank + 0.5 }, bytes, 8)
mpi.Bcast({ bytes, 1, record }, size - 1)
local id, xy = array.zeros(1, "int32"), array.zeros(2)
mpi.Unpack(bytes, id, 0)
mpi.Unpack(bytes, xy, 8)
assert(id[1] == size - 1 and xy[1] == size - 0.75 and xy[2] == size - 0.5)

if rank == 0 then print("columns, a transpose and a record went between " .. size .. " ranks") end
