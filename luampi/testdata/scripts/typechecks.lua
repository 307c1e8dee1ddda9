-- What is sent and what is received is of one type, and the type of a triple is that of the memory.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size
local n = size

local function zeros(n, t) return array.zeros(n, t) end
local counts, displs, bytes, doubles, floats = {}, {}, {}, {}, {}
for r = 1, n do counts[r], displs[r], bytes[r], doubles[r], floats[r] = 1, r - 1, 8 * (r - 1), mpi.DOUBLE, mpi.FLOAT end

-- each call with two arrays, f of two types: refused on the ranks that have both
local grid = mpi.Cart_create(comm, {size}, {true})
local both = {
  Gather = function(f, s, r) return f(zeros(1, s), rank == 0 and zeros(n, r) or nil, 0) end,
  Gatherv = function(f, s, r) return f(zeros(1, s), rank == 0 and zeros(n, r) or nil, counts, displs, 0) end,
  Scatter = function(f, s, r) return f(rank == 0 and zeros(n, s) or nil, zeros(1, r), 0) end,
  Scatterv = function(f, s, r) return f(rank == 0 and zeros(n, s) or nil, zeros(1, r), counts, displs, 0) end,
  Allgather = function(f, s, r) return f(zeros(1, s), zeros(n, r)) end,
  Allgatherv = function(f, s, r) return f(zeros(1, s), zeros(n, r), counts, displs) end,
  Alltoall = function(f, s, r) return f(zeros(n, s), zeros(n, r)) end,
  Alltoallv = function(f, s, r) return f(zeros(n, s), counts, displs, zeros(n, r), counts, displs) end,
  Reduce = function(f, s, r) return f(zeros(1, s), rank == 0 and zeros(1, r) or nil, mpi.SUM, 0) end,
  Allreduce = function(f, s, r) return f(zeros(1, s), zeros(1, r), mpi.SUM) end,
  Scan = function(f, s, r) return f(zeros(1, s), zeros(1, r), mpi.SUM) end,
  Exscan = function(f, s, r) return f(zeros(1, s), zeros(1, r), mpi.SUM) end,
  Reduce_scatter_block = function(f, s, r) return f(zeros(n, s), zeros(1, r), mpi.SUM) end,
  Reduce_scatter = function(f, s, r) return f(zeros(n, s), zeros(1, r), counts, mpi.SUM) end,
  Neighbor_allgather = function(f, s, r) return f(zeros(1, s), zeros(2, r), grid) end,
  Neighbor_allgatherv = function(f, s, r) return f(zeros(1, s), zeros(2, r), {1, 1}, {0, 1}, grid) end,
  Neighbor_alltoall = function(f, s, r) return f(zeros(2, s), zeros(2, r), grid) end,
  Neighbor_alltoallv = function(f, s, r) return f(zeros(2, s), {1, 1}, {0, 1}, zeros(2, r), {1, 1}, {0, 1}, grid) end,
}
local onRoot = {Gather = true, Gatherv = true, Scatter = true, Scatterv = true, Reduce = true}
for name, call in pairs(both) do
  for _, form in ipairs{name, "I" .. name:sub(1, 1):lower() .. name:sub(2)} do
    for _, p in ipairs{{"float32", "float64"}, {"int32", "uint32"}, {"int64", "float64"}} do
      if rank == 0 or not onRoot[name] then check.fails("array expected as the", call, mpi[form], p[1], p[2]) end
    end
  end
end
check.fails("convert it with a:to(\"float32\")", mpi.Allgather, zeros(1, "float32"), zeros(n))
check.fails("sent as float32 and received as float64", mpi.Alltoallw, zeros(n), counts, bytes, floats, zeros(n), counts, bytes, doubles)
check.fails("array expected as the", mpi.Reduce_local, zeros(1, "float32"), zeros(1), mpi.SUM)
for _, form in ipairs{"Sendrecv", rawget(mpi, "Isendrecv") and mpi.Get_version() >= 4 and "Isendrecv" or "Sendrecv"} do
  check.fails("say {a, count, type}", mpi[form], zeros(1, "float32"), right, 0, zeros(1), left, 0)
end
-- where the other rank does send that
if size >= 2 then
  local to, from = zeros(1, rank % 2 == 0 and "float32" or "int64"), zeros(1, rank % 2 == 0 and "int64" or "float32")
  local peer = rank % 2 == 0 and rank + 1 or rank - 1
  if peer < size then
    to[1] = rank
    mpi.Sendrecv(to, peer, 0, {from, 1, from:type()}, peer, 0)
    check.eq(from[1], peer)
  end
end
-- who has nothing to send, or to receive, may have it of any type
local part, all = zeros(rank == 0 and 0 or 1, rank == 0 and "float64" or "int32"), zeros(n, "int32")
part:fill(rank)
counts[1] = 0
mpi.Gatherv(part, rank == 0 and all or nil, counts, displs, 0)
if rank == 0 then for r = 1, size - 1 do check.eq(all[r + 1], r) end end
counts[1] = 1

-- a triple and the memory of its array
check.fails("the type has float32 elements, the array float64", mpi.Send, {zeros(4), 4, mpi.FLOAT}, 0)
check.fails("the type has int32 elements, the array int64", mpi.Send, {zeros(4, "int64"), 4, mpi.INT}, 0)
check.fails("the type has int32 elements, the array uint32", mpi.Recv, {zeros(4, "uint32"), 4, mpi.INT}, 0)
check.fails("elements that a float64 array has not", mpi.Bcast, {zeros(4), 1, mpi.DOUBLE_INT}, 0)
check.fails("the type has float32 elements", mpi.Bcast, {zeros(4), 1, mpi.Type_vector(2, 1, 2, mpi.Type_contiguous(2, mpi.FLOAT)):commit()}, 0)
local pair = mpi.Type_create_struct({1, 1}, {0, 8}, {mpi.DOUBLE, mpi.INT}):commit()
check.fails("elements that a float64 array has not", mpi.Bcast, {zeros(4), 1, pair}, 0)
local empty = mpi.Type_create_struct({1, 0}, {0, 8}, {mpi.DOUBLE, mpi.INT}):commit() -- has doubles only
mpi.Bcast({zeros(4), 1, empty}, 0)
mpi.Bcast({zeros(16, "uint8"), 1, pair}, 0) -- bytes are memory for anything
mpi.Bcast({zeros(4), 32, mpi.BYTE}, 0)      -- and any memory has bytes
mpi.Bcast({zeros(4, "complex128"), 8, mpi.DOUBLE}, 0)
mpi.Bcast({zeros(4, "int32"), 4, mpi.INT}, 0)
mpi.Bcast({zeros(4, "int64"), 4, mpi.LONG}, 0)
local deep = mpi.DOUBLE
for i = 1, 500 do deep = mpi.Type_contiguous(1, deep) end -- deeper than anybody builds
check.fails("elements that a float64 array has not", mpi.Bcast, {zeros(4), 1, deep:commit()}, 0)
local wide = mpi.DOUBLE
for i = 1, 10 do wide = mpi.Type_create_struct({1, 0, 1}, {0, 0, 8}, {wide, mpi.INT, wide}) end
mpi.Bcast({zeros(20), 1, wide:commit()}, 0)

-- different names of one type go together
local got = zeros(n, "int32")
mpi.Allgather({array.full(1, rank, "int32"), 1, mpi.INT}, got)
check.eq(got:totable(), check.range(0, size - 1))
local sum = zeros(1, "int32")
mpi.Allreduce({array.full(1, rank, "int32"), 1, mpi.INT}, sum, mpi.SUM)
check.eq(sum[1], size * (size - 1) / 2)

-- windows
local win, mem = mpi.Win_allocate(2, "float64")
win:lock_all()
local x = array.full(1, 1, "float32")
check.fails("float32", mpi.Put, x, 0, 0, win)
check.fails("float32", mpi.Accumulate, x, mpi.SUM, 0, 0, win)
check.fails("float32", mpi.Get, x, 0, 0, win)
check.fails("float32", mpi.Get_accumulate, x, zeros(1), mpi.SUM, 0, 0, win)
check.fails("float32", mpi.Get_accumulate, zeros(1), x, mpi.SUM, 0, 0, win)
check.fails("float32", mpi.Fetch_and_op, x, zeros(1, "float32"), mpi.SUM, 0, 0, win)
mpi.Get({x, 4, mpi.BYTE}, 0, 0, win)
win:flush(0)
win:unlock_all()
win:free()
grid:free()
mpi.Barrier()
