-- Derived types, and arrays seen through them.
local mpi, array, check = require "mpi", require "array", require "check"
local rank, size = check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size
local d = mpi.DOUBLE

-- send sends 24 doubles 1 … 24 through a type and gives what arrives in 24 zeros, of the same type
local function through(t, count, name)
  mpi.Type_commit(t)
  local from, into = array.range(1, 24), array.zeros(24)
  local st = mpi.Sendrecv({from, count, t}, right, 0, {into, count, t}, left, 0)
  check.eq(mpi.Get_count(st, t), count, name)
  local list = {}
  for i = 1, 24 do if into[i] ~= 0 then check.eq(into[i], i, name) list[#list + 1] = i end end
  check.eq(st:Get_elements(t), #list, name)
  check.eq(mpi.Get_elements_x(st, t), #list, name)
  return list
end
check.eq(through(mpi.Type_contiguous(3, d), 2), {1, 2, 3, 4, 5, 6})
check.eq(through(mpi.Type_vector(3, 2, 4, d), 1), {1, 2, 5, 6, 9, 10})
check.eq(through(mpi.Type_create_hvector(3, 1, 40, d), 1), {1, 6, 11})
check.eq(through(mpi.Type_indexed({2, 1}, {3, 8}, d), 1), {4, 5, 9})
check.eq(through(mpi.Type_create_hindexed({2, 1}, {24, 64}, d), 1), {4, 5, 9})
check.eq(through(mpi.Type_create_indexed_block(2, {0, 5}, d), 1), {1, 2, 6, 7})
check.eq(through(mpi.Type_create_hindexed_block(2, {0, 40}, d), 1), {1, 2, 6, 7})
check.eq(through(mpi.Type_create_struct({1, 2}, {8, 32}, {d, mpi.DOUBLE}), 1), {2, 5, 6})
check.eq(through(mpi.Type_create_subarray({4, 6}, {2, 2}, {1, 3}, mpi.ORDER_C, d), 1), {10, 11, 16, 17})
check.eq(through(mpi.Type_create_resized(mpi.Type_contiguous(1, d), 0, 24), 4), {1, 4, 7, 10})
check.eq(through(mpi.Type_create_darray(2, 0, {4, 6}, {mpi.DISTRIBUTE_BLOCK, mpi.DISTRIBUTE_NONE},
  {mpi.DISTRIBUTE_DFLT_DARG, mpi.DISTRIBUTE_DFLT_DARG}, {2, 1}, mpi.ORDER_C, d), 1), {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12})
check.eq(through(mpi.Type_dup(mpi.Type_vector(2, 1, 3, d)), 1), {1, 4})

-- what is known of a type
local v = mpi.Type_vector(3, 2, 4, d)
check.eq(v:size(), 48)
check.eq(mpi.Type_size_x(v), 48)
check.eq({mpi.Type_get_extent(v)}, {0, 80})
check.eq({mpi.Type_get_extent_x(v)}, {0, 80})
check.eq({mpi.Type_get_true_extent(v)}, {0, 80})
check.eq({mpi.Type_get_true_extent_x(v)}, {0, 80})
check.eq({mpi.Type_get_envelope(v)}, {3, 0, 1, mpi.COMBINER_VECTOR})
local ints, addresses, types = mpi.Type_get_contents(v)
check.eq(ints, {3, 2, 4})
check.eq(addresses, {})
check.eq(types[1] == d, true)
mpi.Type_set_name(v, "stripes")
check.eq(mpi.Type_get_name(v), "stripes")
check.eq(mpi.Type_get_name(d), "MPI_DOUBLE")
check.eq(mpi.Type_match_size(mpi.TYPECLASS_REAL, 8) ~= nil, true)
v:free()
check.fails("the type was freed", mpi.Type_size, v)
check.fails("mpi.DOUBLE cannot be freed", mpi.Type_free, d)

-- offset, count and bounds
local a = array.zeros(6)
mpi.Sendrecv({array.range(1, 6), 2, offset = 3}, right, 0, {a, offset = 1}, left, 0)
check.eq(a:totable(), {0, 4, 5, 0, 0, 0})
mpi.Bcast({a, 3}, 0)
check.fails("of an array that has", mpi.Send, {a, 7}, 0)
check.fails("of an array that has", mpi.Send, {a, 2, mpi.Type_vector(3, 2, 4, d)}, 0)
check.fails("offset 7 is not in the array of 6", mpi.Send, {a, offset = 7}, 0)
check.fails("the count is negative (-1)", mpi.Send, {a, -1}, 0)
check.fails("whole number expected, got 1.5", mpi.Send, {a, 1.5}, 0)
check.fails("whole number expected, got 0.5", mpi.Send, {a, offset = 0.5}, 0)
check.fails("type expected, got number", mpi.Send, {a, 1, 5}, 0)
check.fails("list of 2 expected, as 'blocklengths' is, got 1", mpi.Type_indexed, {1, 1}, {2}, d)

-- columns of a matrix by Scatter of a resized vector
local m = array.matrix(3, size)
if rank == 0 then for i = 1, 3 do for j = 1, size do m[(i - 1) * size + j] = 10 * i + j end end end
local column = mpi.Type_create_resized(mpi.Type_vector(3, 1, size, d), 0, 8)
mpi.Type_commit(column)
local mine = array.zeros(3)
mpi.Scatter(rank == 0 and {m, size, column} or nil, mine, 0)
check.eq(mine:totable(), {11 + rank, 21 + rank, 31 + rank})

-- MINLOC on pairs
local pairs8 = array.zeros(16, "uint8")
local send, recv = array.zeros(2, "int32"), array.zeros(2, "int32")
send[1], send[2] = (rank + 1) % size, rank
mpi.Allreduce({send, 1, mpi["2INT"]}, {recv, 1, mpi["2INT"]}, mpi.MINLOC)
check.eq(recv:totable(), {0, size - 1})

-- parts of different types
local counts, displs, types = {}, {}, {}
for r = 1, size do counts[r], displs[r], types[r] = 1, 8 * (r - 1), d end
check.both(function()
  local from, into = array.zeros(size), array.zeros(size)
  for r = 1, size do from[r] = 10 * rank + r end
  mpi.Alltoallw(from, counts, displs, types, into, counts, displs, types)
  for r = 1, size do check.eq(into[r], 10 * (r - 1) + rank + 1) end
  into:fill(0)
  mpi.Wait((mpi.Ialltoallw(from, counts, displs, types, into, counts, displs, types)))
  for r = 1, size do check.eq(into[r], 10 * (r - 1) + rank + 1) end
end)

-- packing
local box = array.zeros(200, "uint8")
local at = mpi.Pack(array.from({1, 2, 3}, "int32"), box)
at = mpi.Pack(array.from{0.5, 0.25}, box, at)
check.eq(at, 28)
check.eq(mpi.Pack_size(3, mpi.INT32_T) >= 12, true)
local i, f = array.zeros(3, "int32"), array.zeros(2)
at = mpi.Unpack(box, i)
at = mpi.Unpack(box, f, at)
check.eq({at, i:totable(), f:totable()}, {28, {1, 2, 3}, {0.5, 0.25}})
check.fails("ERR_", mpi.Pack, array.zeros(100), box)
local at = mpi.Pack_external("external32", array.from({1, 258}, "int32"), box)
check.eq(at, 8)
check.eq({box[4], box[7], box[8]}, {1, 1, 2}) -- big-endian
check.eq(mpi.Unpack_external("external32", box, i:view(1, 2)), 8)
check.eq(i[2], 258)
check.eq(mpi.Pack_external_size("external32", 2, mpi.INT32_T), 8)

-- statuses that are written
local st = mpi.Recv(array.zeros(1), mpi.PROC_NULL)
check.eq(mpi.Get_count(mpi.Status_set_elements(st, d, 3), d), 3)
check.eq(mpi.Get_count(mpi.Status_set_elements_x(st, d, 4), d), 4)
check.eq(mpi.Test_cancelled(mpi.Status_set_cancelled(st, true)), true)
check.eq(mpi.Test_cancelled(mpi.Status_set_cancelled(st, false)), false)
check.eq(mpi.Status_set_elements(st, d, 3).source, st.source)
check.eq(mpi.Status_set_elements_x(st, d, 3).source, st.source)
check.eq(mpi.Status_set_cancelled(st, true).source, st.source)

-- garbage frees itself
for i = 1, 200 do mpi.Type_contiguous(i, d) mpi.Info_create() mpi.COMM_WORLD:group() end
collectgarbage()
mpi.Barrier()
