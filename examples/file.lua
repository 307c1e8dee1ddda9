-- All ranks write one file, each its part, and read it in another order.
-- Run it with:
--   mpirun -n 4 mpiclus-lua run file.lua
local mpi = require "mpi"
local array = require "array"

local comm = mpi.COMM_WORLD
local rank, size = comm:rank(), comm:size()
local n = 1000

local name = comm:bcast(rank == 0 and os.tmpname() or nil, 0)
local mine = array.range(rank * n, rank * n + n - 1)

-- Blocks one after another: offsets count elements of the view, here doubles.
local f = mpi.File_open(comm, name, mpi.MODE_RDWR + mpi.MODE_CREATE)
f:set_view(0, mpi.DOUBLE, mpi.DOUBLE)
f:write_at_all(rank * n, mine)
f:sync() -- what others wrote is there, too
comm:Barrier()
f:sync()
assert(f:get_size() == 8 * n * size)

-- Now each rank sees every size-th element only, from its own rank on: dealt
-- out like cards.
local every = mpi.Type_create_resized(mpi.Type_contiguous(1, mpi.DOUBLE), 0, 8 * size):commit()
f:set_view(8 * rank, mpi.DOUBLE, every)
local cards = array.zeros(n)
local status = f:read_all(cards)
assert(mpi.Get_count(status, mpi.DOUBLE) == n)
for i = 1, n do assert(cards[i] == (i - 1) * size + rank) end

-- A log that all write to, in the order of ranks.
f:set_view(0, mpi.BYTE, mpi.BYTE)
f:seek_shared(8 * n * size)
local line = ("rank %d was here\n"):format(rank)
f:write_ordered(array.frombytes(line, "uint8"))
f:close()

if rank == 0 then
    local text = io.open(name, "rb"):read("*a"):sub(8 * n * size + 1)
    local want = {}
    for r = 0, size - 1 do want[#want + 1] = ("rank %d was here\n"):format(r) end
    assert(text == table.concat(want))
    mpi.File_delete(name)
    print(("%d ranks wrote and read %d numbers"):format(size, n * size))
end
