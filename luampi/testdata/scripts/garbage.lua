-- Types, groups, infos and ops that nobody has any more are freed; what still works with them does not suffer.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size

local function sweep() -- what is garbage is freed between calls
  for i = 1, 3 do collectgarbage() for k = 1, 20 do mpi.Wtime() comm:rank() mpi.Iprobe() end end
end

-- each message has a type of its own, dropped while it is under way: short and long ones
for _, n in ipairs{3, 30000} do
  local requests, into = {}, {}
  for k = 1, 10 do
    into[k] = array.zeros(2 * n)
    requests[#requests + 1] = mpi.Irecv({into[k], 1, mpi.Type_vector(n, 1, 2, mpi.DOUBLE):commit()}, left, k)
  end
  sweep()
  comm:Barrier()
  for k = 1, 10 do
    local from = array.range(1, 2 * n)
    requests[#requests + 1] = mpi.Isend({from, 1, mpi.Type_vector(n, 1, 2, mpi.DOUBLE):commit()}, right, k)
  end
  sweep()
  mpi.Waitall(requests)
  for k = 1, 10 do
    for i = 1, 2 * n do
      if into[k][i] ~= (i % 2 == 1 and i or 0) then check.eq(into[k][i], i % 2 == 1 and i or 0, n, k, i) end
    end
  end
end

-- persistent requests, whose type is dropped before they start
local from, into = array.range(1, 6), array.zeros(6)
local s = mpi.Send_init({from, 1, mpi.Type_vector(3, 1, 2, mpi.DOUBLE):commit()}, right, 1)
local r = mpi.Recv_init({into, 1, mpi.Type_vector(3, 1, 2, mpi.DOUBLE):commit()}, left, 1)
for round = 1, 3 do
  sweep()
  into:fill(0)
  mpi.Startall{r, s}
  sweep()
  mpi.Waitall{r, s}
  check.eq(into:totable(), {1, 0, 3, 0, 5, 0}, round)
end

-- a type that others were made of; a group of communicators; hints; the view of a file
local outer = mpi.Type_contiguous(2, mpi.Type_vector(2, 1, 2, mpi.DOUBLE)):commit()
local made = mpi.Comm_create(comm, mpi.Group_incl(comm:group(), check.range(0, size - 1)))
local hinted = mpi.Comm_dup_with_info(comm, mpi.Info_create())
local name = comm:bcast(comm:rank() == 0 and os.tmpname() or nil, 0)
local f = mpi.File_open(comm, name, mpi.MODE_RDWR + mpi.MODE_CREATE)
f:set_view(8 * rank, mpi.DOUBLE, mpi.Type_create_resized(mpi.Type_contiguous(1, mpi.DOUBLE), 0, 8 * size):commit())
sweep()
check.eq(outer:size(), 32)
local ints, _, types = outer:get_contents()
check.eq({ints, types[1]:size()}, {{2}, 16})
check.eq(made:allreduce(1, mpi.SUM), size)
check.eq(hinted:Allreduce(1, mpi.SUM), size)
f:write_at_all(0, array.full(3, rank))
f:sync()
comm:Barrier()
f:set_view(0, mpi.DOUBLE, mpi.DOUBLE)
local all = array.zeros(3 * size)
f:read_at_all(0, all)
check.elements(all, 3 * size, function(i) return (i - 1) % size end)
f:close()
comm:Barrier()
if rank == 0 then mpi.File_delete(name) end
made:free()
hinted:free()

-- an op of the script in a collective that is under way
for i = 1, 3 do
  local r, sum = mpi.Iallreduce(array.full(100, rank + 1), array.zeros(100), mpi.Op_create(function(a, b) return a + b end))
  sweep()
  mpi.Wait(r)
  check.eq(sum[100], size * (size + 1) / 2)
end
-- many of each
for i = 1, 2000 do mpi.Type_contiguous(i, mpi.DOUBLE) mpi.Info_create() comm:group() end
sweep()
mpi.Barrier()
