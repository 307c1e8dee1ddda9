local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size

-- rank and size, as functions and methods, with and without the communicator
check.eq(mpi.Comm_rank(), rank)
check.eq(mpi.Comm_size(comm), size)
check.eq(comm:Comm_rank(), rank)
check.eq(mpi.COMM_SELF:size(), 1)
check.eq(mpi.COMM_CHUNK:size(), size)
check.eq(mpi.Comm_compare(comm, mpi.COMM_WORLD), mpi.IDENT)

-- a duplicate is congruent and its messages are apart
local dup = mpi.Comm_dup(comm)
check.eq(mpi.Comm_compare(comm, dup), mpi.CONGRUENT)
local right, left = (rank + 1) % size, (rank - 1) % size
local one, two = array.full(1, 1), array.full(1, 2)
local s1 = comm:Isend(one, right, 0)
local s2 = dup:Isend(two, right, 0)
local got = array.zeros(1)
dup:Recv(got, left, 0)
check.eq(got[1], 2)
comm:Recv(got, left, 0)
check.eq(got[1], 1)
mpi.Waitall{s1, s2}
mpi.Comm_set_name("tea", dup)
check.eq(mpi.Comm_get_name(dup), "tea")
check.eq(dup:test_inter(), false)
dup:free()
check.fails("the communicator was freed", mpi.Barrier, dup)
check.fails("the communicator was freed", dup.rank, dup)

-- split in two, in reverse order, and leave some out
local half = comm:split(rank % 2, -rank)
local members = {}
for r = size - 1, 0, -1 do if r % 2 == rank % 2 then members[#members + 1] = r end end
check.eq(half:size(), #members)
check.eq(members[half:rank() + 1], rank)
check.eq(half:allgather(rank), members)
mpi.Comm_free(half)
local some = mpi.Comm_split(rank == 0 and 1 or mpi.UNDEFINED, 0, comm)
check.eq(some == mpi.COMM_NULL, rank ~= 0)
if some ~= mpi.COMM_NULL then some:free() end
local shared = comm:split_type(mpi.COMM_TYPE_SHARED)
assert(shared:size() <= size)
shared:free()

-- groups
local group = comm:group()
check.eq(group:size(), size)
check.eq(mpi.Group_rank(group), rank)
local even = {}
for r = 0, size - 1, 2 do even[#even + 1] = r end
local evens = mpi.Group_incl(group, even)
local odds = mpi.Group_excl(group, even)
check.eq(evens:size() + odds:size(), size)
check.eq(mpi.Group_compare(mpi.Group_union(evens, odds), group), size < 3 and mpi.IDENT or mpi.SIMILAR)
check.eq(mpi.Group_compare(evens:intersection(odds), mpi.GROUP_EMPTY), mpi.IDENT)
check.eq(mpi.Group_compare(group:difference(odds), evens), mpi.IDENT)
check.eq(mpi.Group_compare(mpi.Group_range_incl(group, {{0, size - 1, 2}}), evens), mpi.IDENT)
check.eq(mpi.Group_compare(mpi.Group_range_excl(group, {{0, size - 1, 2}}), odds), mpi.IDENT)
local back = mpi.Group_translate_ranks(group, even, evens)
for i, r in ipairs(back) do check.eq(r, i - 1) end
check.eq(mpi.Group_translate_ranks(odds, {}, group), {})
if size > 1 then check.eq(mpi.Group_translate_ranks(group, {1}, evens), {mpi.UNDEFINED}) end

-- communicators of groups
local created = mpi.Comm_create(evens, comm)
check.eq(created ~= mpi.COMM_NULL, rank % 2 == 0)
if rank % 2 == 0 then
  check.eq(created:allgather(rank), even)
  local again = mpi.Comm_create_group(evens, 5, comm)
  check.eq(mpi.Comm_compare(created, again), mpi.CONGRUENT)
  again:free()
  created:free()
end
mpi.Group_free(evens)
check.fails("the group was freed", mpi.Group_size, evens)
check.fails("mpi.GROUP_EMPTY cannot be freed", mpi.Group_free, mpi.GROUP_EMPTY)
odds = nil
collectgarbage()

-- inter-communicators
if size >= 2 then
  local side = comm:split(rank % 2, rank)
  local inter = mpi.Intercomm_create(0, comm, 1 - rank % 2, 7, side)
  check.eq(inter:test_inter(), true)
  check.eq(inter:rank(), side:rank())
  local others = {}
  for r = 1 - rank % 2, size - 1, 2 do others[#others + 1] = r end
  check.eq(inter:remote_size(), #others)
  check.eq(inter:remote_group():size(), #others)
  if side:rank() == 0 then
    local v, st = inter:sendrecv(rank, 0, 1, 0, 1)
    check.eq(v, others[1])
  end
  local a = array.full(1, rank)
  local out = array.zeros(1)
  mpi.Allreduce(a, out, mpi.SUM, inter)
  local sum = 0
  for _, r in ipairs(others) do sum = sum + r end
  check.eq(out[1], sum)
  check.fails("inter-communicator", inter.bcast, inter, 1, 0)
  local merged = mpi.Intercomm_merge(rank % 2 == 1, inter)
  check.eq(merged:size(), size)
  check.eq(merged:allreduce(rank, mpi.SUM), size * (size - 1) / 2)
  merged:free()
  inter:free()
  side:free()
end
-- one that is freed while a value is to come is gone when the value is there: libraries
-- have some two thousand
for i = 1, 2300 do
  local c = mpi.Comm_dup(mpi.COMM_SELF)
  local r = c:irecv(0, 0)
  c:isend(i, 0, 0)
  c:free()
  check.eq((r:wait()), i)
end
check.fails("mpi.COMM_WORLD cannot be freed", mpi.Comm_free, comm)
check.fails("the communicator is COMM_NULL", mpi.Comm_rank, mpi.COMM_NULL)
