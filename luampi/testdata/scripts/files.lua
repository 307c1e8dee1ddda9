local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local name = mpi.bcast(rank == 0 and os.tmpname() or nil, 0)
local double = mpi.DOUBLE

-- each rank writes its part, all read everything
local f = mpi.File_open(name, mpi.MODE_CREATE + mpi.MODE_RDWR, comm)
local mine = check.make(3, "float64", function(i) return 10 * rank + i end)
local function whole(i) local r = math.floor((i - 1) / 3) return 10 * r + i - 3 * r end
for _, write in ipairs{"File_write_at", "File_write_at_all", "File_iwrite_at", "File_iwrite_at_all"} do
  mpi.Barrier() -- all have read
  mpi.File_set_size(f, 0)
  mpi.Barrier()
  local st = mpi[write](f, rank * 24, mine)
  if write:find("_i") then st = mpi.Wait(st) end
  check.eq(mpi.Get_count(st, double), 3)
  f:sync()
  mpi.Barrier()
  check.eq(f:get_size(), 24 * size)
  for _, read in ipairs{"File_read_at", "File_read_at_all", "File_iread_at", "File_iread_at_all"} do
    local all = array.zeros(3 * size)
    local st = mpi[read](f, 0, all)
    if read:find("_i") then st = mpi.Wait(st) end
    check.eq(st:Get_count(double), 3 * size)
    check.elements(all, 3 * size, whole, write, read)
  end
end
check.eq(f:get_group():size(), size)
check.eq(f:get_amode(), mpi.MODE_CREATE + mpi.MODE_RDWR)

-- a view: rank r sees every size-th element from r on; the place of each process
local stripe = mpi.Type_create_resized(double, 0, 8 * size)
mpi.Type_commit(stripe)
f:set_view(8 * rank, double, stripe)
local disp, etype, _, rep = f:get_view()
check.eq({disp, etype == double, rep}, {8 * rank, true, "native"})
check.eq(mpi.File_get_byte_offset(f, 2), 8 * rank + 16 * size)
check.eq(mpi.File_get_type_extent(f, double), 8)
for _, write in ipairs{"File_write", "File_write_all", "File_iwrite", "File_iwrite_all"} do
  mpi.Barrier()
  f:seek(0)
  local st = mpi[write](f, mine)
  if write:find("_i") then mpi.Wait(st) end
  check.eq(f:get_position(), 3)
  f:sync()
  mpi.Barrier()
  for _, read in ipairs{"File_read", "File_read_all", "File_iread", "File_iread_all"} do
    f:seek(0, mpi.SEEK_SET)
    local got = array.zeros(3)
    local st = mpi[read](f, got)
    if read:find("_i") then mpi.Wait(st) end
    check.eq(got:totable(), mine:totable(), write, read)
  end
end
-- in two steps
for _, form in ipairs{"_at_all", "_all", "_ordered"} do
  f:seek(0)
  mpi.File_seek_shared(f, 0)
  local at = form == "_at_all"
  local function begin(what, a)
    if at then mpi["File_" .. what .. form .. "_begin"](f, 0, a) else mpi["File_" .. what .. form .. "_begin"](f, a) end
    check.fails("has not ended", mpi.File_close, f)
    return mpi["File_" .. what .. form .. "_end"](f)
  end
  if form ~= "_ordered" then
    begin("write", mine)
    f:seek(0)
    f:sync()
    mpi.Barrier()
    local got = array.zeros(3)
    check.eq(begin("read", got):Get_count(double), 3)
    check.eq(got:totable(), mine:totable(), form)
    check.fails("was not called", mpi["File_read" .. form .. "_end"], f)
  end
end
f:set_atomicity(true)
check.eq(f:get_atomicity(), true)
f:set_info(mpi.Info_create())
assert(f:get_info())
f:preallocate(24 * size)

-- the shared place, with one view for all
f:set_view(0, double, double)
f:seek_shared(0)
mpi.File_write_ordered(f, mine)
mpi.Barrier()
check.eq(f:get_position_shared(), 3 * size)
mpi.Barrier()
f:seek_shared(0)
local got = array.zeros(3)
mpi.File_read_ordered(f, got)
check.eq(got:totable(), mine:totable())
f:seek_shared(0)
mpi.File_write_ordered_begin(f, mine)
mpi.File_write_ordered_end(f)
f:seek_shared(0)
mpi.File_read_ordered_begin(f, got)
mpi.File_read_ordered_end(f)
check.eq(got:totable(), mine:totable())
f:seek_shared(0)
mpi.File_write_shared(f, mine)
mpi.Wait(mpi.File_iwrite_shared(f, mine))
mpi.Barrier()
check.eq(f:get_position_shared(), 6 * size)
mpi.Barrier()
f:seek_shared(0)
mpi.File_read_shared(f, got)
mpi.Wait(mpi.File_iread_shared(f, got))
check.eq(got[1] % 10, 1)
mpi.Barrier()
f:close()
check.fails("the file was closed", mpi.File_get_size, f)

local err = check.fails("File_open: ERR_NO_SUCH_FILE", mpi.File_open, name .. ".no", mpi.MODE_RDONLY)
check.eq(err.class, "ERR_NO_SUCH_FILE")
assert(err.message:find(".no\"", 1, true), err.message)

-- what the system does not take is an error (of collective writes Open MPI reports all as written)
local full = mpi.File_open("/dev/full", mpi.MODE_WRONLY, mpi.COMM_SELF)
local lost = array.ones(1000)
check.fails("ERR_IO", full.write_at, full, 0, lost)
check.fails("ERR_IO", full.write, full, lost)
for _, wait in ipairs{ mpi.Wait, function(r) mpi.Waitall{ r } end, function(r) repeat until mpi.Test(r) end } do
  for _, start in ipairs{ full.iwrite, full.iwrite_all } do
    check.fails("ERR_IO", function() wait(start(full, lost)) end)
  end
  for _, start in ipairs{ full.iwrite_at, full.iwrite_at_all } do
    check.fails("ERR_IO", function() wait(start(full, 0, lost)) end)
  end
end
check.fails("'offset' to 'File_write_at' (0 or more expected, got -5)", full.write_at, full, -5, lost)
check.fails("'size' to 'File_set_size' (0 or more expected, got -5)", full.set_size, full, -5)
pcall(full.close, full)
for i = 1, 3 do -- an open that failed leaves nothing on the communicator
  local all = mpi.Allgatherv(array.full(rank + 1, 10 * i + rank, "int8"), nil, check.range(1, size))
  check.eq({all[1], all[#all]}, {10 * i, 10 * i + size - 1})
end
check.fails("file expected, got number", mpi.File_get_size, 3)

-- a read that reaches past the end has what there is, however it is made
do
  local mine = comm:bcast(rank == 0 and os.tmpname() or nil, 0) .. rank
  local f = mpi.File_open(mine, mpi.MODE_CREATE + mpi.MODE_RDWR, nil, mpi.COMM_SELF)
  f:write_at(0, check.make(20, "int32", function(i) return i end))
  f:set_view(0, mpi.INT, mpi.INT)
  local function short(what, status, into)
    check.eq({mpi.Get_count(status, mpi.INT), into[1], into[3]}, {3, 18, 20}, what)
  end
  local into = array.zeros(100, "int32")
  for _, name in ipairs{"iread_at", "iread_at_all"} do
    into:fill(0)
    short(name, f[name](f, 17, into):wait(), into)
  end
  for _, name in ipairs{"iread", "iread_all"} do
    into:fill(0)
    f:seek(17)
    short(name, f[name](f, into):wait(), into)
  end
  f:seek(17)
  f:read_all_begin(into)
  f:read_all_end() -- whose count libraries tell wrong past the end (docs/mpi.md)
  check.eq({into[1], into[3]}, {18, 20})
  -- one that is closed before the requests of its reads are waited for
  local requests, parts = {}, {}
  for i = 1, 10 do
    parts[i] = array.zeros(1, "int32")
    requests[i] = f:iread_at(i, parts[i])
  end
  f:close()
  mpi.Waitall(requests)
  for i = 1, 10 do check.eq(parts[i][1], i + 1) end
  mpi.File_delete(mine)
end
mpi.Barrier()
if rank == 0 then mpi.File_delete(name) check.fails("ERR_NO_SUCH_FILE", mpi.File_delete, name) end
