-- Strided views as arguments: what goes out are their elements in order, and what comes in goes to their places.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1 + size) % size
local base = 1000 * rank

-- block gives a block of 3 x 4 x 5 whose elements tell their rank and place.
local function block(typ) return array.range(1, 60):add(typ == "int8" and 0 or base):to(typ or "float64"):reshape(3, 4, 5) end
local parts = {
  { {}, {}, 2 },                       -- a face across the last dimension
  { {}, 3 },                           -- one across the second
  { {2, 3}, {1, 4, 3}, {5, 1, -2} },   -- steps, backwards
  { {3, 1, -1} },                      -- planes backwards
  { 2, 2, {1, 5, 2} },                 -- part of a line
  { {}, {2, 3}, {2, 4} },              -- the inside
}

-- What each call must do is done with copies, which have no gaps.
for _, typ in ipairs{"float64", "int16", "complex128", "int8"} do
  for k, part in ipairs(parts) do
    local a, want = block(typ), block(typ)
    local from = block(typ):slice(part)
    local got = from:copy()
    mpi.Sendrecv(from:copy(), right, 0, got, left, 0)
    want:slice(part):assign(got)
    local out = block(typ)
    local st = mpi.Sendrecv(out:slice(part), right, 0, a:slice(part), left, 0)
    check.eq(a == want, true, "Sendrecv", typ, k)
    check.eq(out == block(typ), true, "what was sent", typ, k)
    check.eq(st.source, left, "status")

    local b = block(typ)
    local r = mpi.Irecv(b:slice(part), left, 1)
    mpi.Send(out:slice(part), right, 1)
    check.eq(mpi.Get_count(r:wait(), typ) , #from, "Get_count", typ, k)
    check.eq(b == want, true, "Irecv", typ, k)

    b = block(typ)
    local requests = {mpi.Irecv(b:slice(part), left, 2), mpi.Isend(out:slice(part):copy(), right, 2)}
    mpi.Waitall(requests)
    check.eq(b == want, true, "a view from a copy", typ, k)

    b = block(typ)
    mpi.Sendrecv_replace(b:slice(part), right, 3, left, 3)
    check.eq(b == want, true, "Sendrecv_replace", typ, k)
  end
end

-- A persistent pair, and a buffered send, of a column.
local m = array.range(1, 12):add(base):reshape(3, 4)
local to = array.zeros{3, 4}
local send, recv = mpi.Send_init(m:col(2), right, 4), mpi.Recv_init(to:col(3), left, 4)
for step = 1, 3 do
  m:col(2):add(step)
  mpi.Startall{recv, send}
  mpi.Waitall{recv, send}
  check.eq(to:col(3):copy() == m:col(2) - base + 1000 * left, true, "persistent", step)
end
mpi.Request_free(send)
mpi.Request_free(recv)
check.eq(to:sum(), to:col(3):sum(), "nothing beside the column")
mpi.Buffer_attach(array.zeros(10000, "uint8"))
mpi.Bsend(m:col(1), right, 5)
local line = array.zeros(3)
mpi.Recv(line, left, 5)
mpi.Buffer_detach()
check.eq(line == m:col(1) - base + 1000 * left, true, "Bsend")

-- Collectives: whole views, parts of vectors, parts of views that have to be packed.
local b = array.zeros{4, 5}
if rank == 0 then b:slice{ {2, 3}, {1, 5, 2} }:fill(7) end
check.eq(mpi.Bcast(b:slice{ {2, 3}, {1, 5, 2} }, 0):sum(), 42, "Bcast")
check.eq(b:sum(), 42, "Bcast, all")

local own = array.range(1, 2 * 3):add(base):reshape(2, 3)
local rows = array.zeros{3 * size, 2}
mpi.Allgather(own:t(), rows)
for r = 0, size - 1 do check.eq(rows:slice{{3 * r + 1, 3 * r + 3}} == own:t() - base + 1000 * r, true, "Allgather", r) end
check.eq(mpi.Allgather(own:t()) == rows:flat(), true, "Allgather makes an array")
local wide = array.zeros{2, 3 * size}
mpi.Allgather(own:t(), wide:t())
for r = 0, size - 1 do check.eq(wide:slice{ {}, {3 * r + 1, 3 * r + 3} } == own - base + 1000 * r, true, "Allgather into columns", r) end
local every = array.zeros{size, 3}
mpi.Gather(array.full(1, base), every:col(2), 0)
if rank == 0 then check.eq(every:col(2):copy() == array.range(0, size - 1) * 1000, true, "Gather into a column") end
check.eq(every:col(1):any() or every:col(3):any(), false, "beside the column")
local counts, displs = {}, {}
for r = 0, size - 1 do counts[r + 1], displs[r + 1] = 1, size - 1 - r end
every:fill(0)
mpi.Allgatherv(array.full(1, base), every:col(3), counts, displs)
check.eq(every:col(3):copy() == array.range(size - 1, 0, -1) * 1000, true, "Allgatherv into a column")
local dealt = array.zeros(3)
local all = array.range(1, 6 * size):reshape(3 * size, 2)
mpi.Scatter(all:col(2), dealt:slice{{3, 1, -1}}, 0)
check.eq(dealt == array.from{6, 4, 2} + 6 * rank, true, "Scatter from a column, backwards")
local square = array.zeros{2 * size, 2}
mpi.Alltoall((array.range(1, 4 * size) + base):reshape(2, 2 * size):t(), square:slice{ {}, {2, 1, -1} })
for r = 0, size - 1 do check.eq(square:at(2 * r + 1, 2), 2 * rank + 1 + 1000 * r, "Alltoall") end

-- Reductions compute with the elements.
local v = array.range(1, 6):reshape(2, 3)
check.eq(mpi.Allreduce(v:t(), mpi.SUM) == v:t() * size, true, "Allreduce")
local sums = array.zeros{2, 3}
mpi.Allreduce(v:col(2), sums:col(1), mpi.MAX)
check.eq(sums:tostring(), "{{2, 0, 0}, {5, 0, 0}}", "Allreduce into a column")
check.eq(mpi.Allreduce(mpi.IN_PLACE, sums:col(1), mpi.SUM) == array.from{2, 5} * size, true, "in place")
check.eq(sums:tostring() == (array.from{{2, 0, 0}, {5, 0, 0}} * size):tostring(), true, "in place, all")
local add = mpi.Op_create(function(x, y) return x + y end, true)
check.eq(mpi.Allreduce(v:t(), add) == v:t() * size, true, "an op of the script")
mpi.Reduce(v:col(3), sums:col(2), mpi.SUM, 0)
if rank == 0 then check.eq(sums:col(2):copy() == array.from{3, 6} * size, true, "Reduce") end
local into = array.zeros(2)
mpi.Iallreduce(v:col(1), into, mpi.SUM):wait()
check.eq(into == v:col(1) * size, true, "Iallreduce")

-- Windows: the origin may be a view; what is reached has no gaps.
local w, mine = mpi.Win_allocate(6, "float64")
mpi.Win_fence(0, w)
mpi.Put((v + base):t(), right, 0, w)
mpi.Win_fence(0, w)
check.eq(mine == ((v:t():copy()):flat() + 1000 * left), true, "Put")
local gets = array.zeros{2, 3}
mpi.Get(gets:t(), left, 0, w)
mpi.Win_fence(0, w)
check.eq(gets == v + 1000 * ((left - 1 + size) % size), true, "Get")
mpi.Accumulate(v:t(), mpi.SUM, right, 0, w)
mpi.Win_fence(0, w)
check.eq(mine == (v:t():copy():flat() * 2 + 1000 * left), true, "Accumulate")
mpi.Put(v:t(), right, 1, w) --! are not in the window of rank
mpi.Win_fence(0, w)
mpi.Win_free(w)

-- A file.
local name = os.tmpname()
name = mpi.bcast(name, 0)
local f = mpi.File_open(name, mpi.MODE_CREATE + mpi.MODE_RDWR)
mpi.File_write_at(f, 8 * 6 * rank, (v + base):t())
mpi.File_sync(f)
mpi.Barrier()
local back = array.zeros{2, 3}
mpi.File_read_at(f, 8 * 6 * right, back:t())
check.eq(back == v + 1000 * right, true, "a file")
mpi.File_close(f)
if rank == 0 then os.remove(name) end

-- Packing, and what cannot be.
local raw = array.zeros(48, "uint8")
mpi.Pack(v:t(), raw, 0)
check.eq(array.frombytes(raw:tobytes()) == v:t():copy():flat(), true, "Pack")
mpi.Pack(v, array.zeros(96, "uint8"):slice{{1, 96, 2}}, 0) --! a strided view, do not follow one another in memory: give a:copy\(\)
mpi.Send({v:t(), 1}, right) --! a strided view, do not follow one another in memory: give a:copy\(\)
mpi.Win_create(v:col(1)) --! a strided view, do not follow one another in memory: give a:copy\(\)
mpi.Buffer_attach(v:col(1)) --! a strided view, do not follow one another in memory: give a:copy\(\)
mpi.Iallreduce(v:col(1), sums:col(1), mpi.SUM) --! and Iallreduce is over before they have come: give a:copy\(\)
mpi.Scatter(array.zeros(7 * size), v:t(), 0, mpi.COMM_SELF) --! at least \d+ elements expected
mpi.Sendrecv(v:col(1), right, 0, array.zeros(2, "int8"):slice{{2, 1, -1}}, left, 0) --! float64 array expected as the one to send from, got int8

-- More kinds of views than are kept: what falls out is freed, and made again.
for k = 1, 200 do
  local long = array.zeros(2 * k + 2)
  mpi.Sendrecv(array.full(2, base), right, 6, long:slice{{1, k + 2, k + 1}}, left, 6)
  check.eq(long[1] + long[k + 2] == 2000 * left, true, "view", k)
  if k % 50 == 0 then collectgarbage() end
end
check.eq(m:col(1):copy() == m:col(1), true)
