-- The memory of windows: where it comes from, how much there can be, and what is left of it.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right = (rank + 1) % size

-- of a type by its names in C, too
for typ, name in pairs{ INT = "int32", UNSIGNED_LONG = "uint64", SHORT = "int16", DOUBLE = "float64" } do
  local win, a = mpi.Win_allocate(3, mpi[typ], comm)
  assert(a:type() == name, a:type())
  win:free()
end

-- of every type, of none, zeroed, each rank its own length
for _, make in ipairs{mpi.Win_allocate, mpi.Win_allocate_shared} do
  for _, typ in ipairs(check.types) do
    for _, n in ipairs{0, 1, 13} do
      local mine = n + (n > 0 and rank or 0)
      local win, a = make(mine, typ, comm)
      check.elements(a, mine, function() return 0 end, typ, n)
      if mine > 0 then a[mine] = 1 + rank end
      win:fence()
      local got, there = array.zeros(1, typ), n > 0 and n + right or 0
      if there > 0 then win:Get(got, right, there - 1) end
      win:fence()
      if there > 0 then check.elements(got, 1, function() return 1 + right end, typ, n) end
      check.fails("ERR_RMA_RANGE", mpi.Put, array.zeros(1, typ), right, there, win)
      win:fence(mpi.MODE_NOSUCCEED)
      win:free()
      check.fails("the window was freed", win.free, win)
    end
  end
  local win, a = make(2)
  check.eq(a:type(), "float64")
  win:free()
end
-- parts of different types follow one another
local win, a = mpi.Win_allocate_shared(3, rank % 2 == 0 and "int8" or "float64")
a:fill(rank)
win:fence()
check.elements(mpi.Win_shared_query(win, right), 3, function() return right end)
check.eq(mpi.Win_shared_query(win, right):type(), right % 2 == 0 and "int8" or "float64")
win:fence()
win:free()

local kib = tonumber(io.open("/proc/meminfo"):read("*a"):match("MemTotal: *(%d+)"))
local most = math.floor(kib * 1024 * 0.9) -- what one rank may have, but not two
-- too much, on one rank or on all together: no rank waits for another
for _, make in ipairs{mpi.Win_allocate, mpi.Win_allocate_shared} do
  check.fails("GB", make, 2^45, "float64", comm)
  check.fails("bad argument #1 'n'", make, -1)
  check.fails("whole number", make, 1.5)
  if size > 1 then check.fails("GB of memory that they share", make, most, "uint8", comm) end
end

-- what lives on the memory when the window goes
local function gone(f, ...) return check.fails("whose memory went with Win_free", f, ...) end
local win, a = mpi.Win_allocate(10)
a:fill(rank)
local view, matrix = a:view(3, 4), a:reshape(2, 5)
local row, copy, step = matrix:row(1), a:copy(), a:each()
step()
local r = mpi.Irecv(view, right, 9)
check.fails("uses the window's array", win.free, win)
check.eq(a[1], rank) -- and it is as it was
r:Cancel()
r:wait()
check.fails("uses the window's array", function() a:map(function() win:free() end) end)
check.fails("uses the window's array", function() a:sort(function() win:free() end) end)
mpi.Win_free(win)
for _, x in ipairs{a, view, matrix, row} do
  gone(function() return x[1] end)
  gone(function() x:fill(1) end)
  gone(function() return copy + x end)
  gone(function() return x == copy end)
  check.fails("went with Win_free", mpi.Send, x, 0)
  check.fails("went with Win_free", mpi.Allreduce, copy, x, mpi.SUM)
  check.fails("went with Win_free", mpi.Send, {x, 1}, 0)
  check.fails("whose memory was taken back", mpi.isend, {deep = {x}}, 0)
end
check.fails("cannot be walked on", step)
check.eq(copy:sum(), 10 * rank)

-- an array of the script's own is no part of the window's end
local own = array.full(2, 5)
local win = mpi.Win_create(own)
win:free()
check.eq(own:sum(), 10)

-- a thousand windows one after the other leave nothing behind
for i = 1, 300 do
  local win, a = mpi.Win_allocate(1000)
  a[1000] = i
  win:free()
end
mpi.Barrier()

-- an op that frees the window whose memory it combines into
local n = 1000
local function frees(reduce)
  local win, a = mpi.Win_allocate(n, "float64", nil, mpi.COMM_SELF)
  a:fill(2)
  local told
  reduce(array.full(n, 1), a, mpi.Op_create_array(function(inn, inout)
    local ok, e = pcall(win.free, win)
    told = ok or e.message
    inout:axpy(1, inn)
  end))
  return win, a, told
end
local win, a, told = frees(mpi.Reduce_local)
assert(tostring(told):find("wait for it first", 1, true), told)
check.eq(a:sum(), 3 * n)
win:free()
win, a, told = frees(function(from, into, op) mpi.Wait(mpi.Iallreduce(from, into, op)) end)
if size > 1 then assert(tostring(told):find("wait for it first", 1, true), told) end
check.eq(a:sum(), size * n)
win:free()
