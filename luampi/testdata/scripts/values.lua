-- The lower-case twins, which take any value.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size

-- what goes: by type and by length of the message, below and beyond one packet
local function values(r)
  return {
    r, -0.5, true, "text", string.rep("x", 5000 + r), string.rep("y", 200000 + r),
    {r, {a = r, b = {1, 2, 3}}}, array.full(3, r), array.full(100000, r, "float32"),
    {array.full(10, r), array.full(20000, r), name = "both"},
  }
end
local mine, theirs = values(rank), values(left)
for i, v in ipairs(mine) do
  local got, st = mpi.sendrecv(v, right, i, left, i)
  check.eq(got, theirs[i], "sendrecv", i)
  check.eq({st.source, st.tag}, {left, i})
  local r = comm:isend(v, right, i)
  check.eq(mpi.recv(left, i), theirs[i], "recv", i)
  r:wait()
  local q = mpi.irecv(left, i)
  local r = mpi.isend(v, right, i)
  local got, st = mpi.Wait(q)
  check.eq(got, theirs[i], "irecv", i)
  check.eq(st.source, left)
  mpi.Wait(r)
  local q = mpi.irecv()
  local r = mpi.isend(v, right, i)
  local flag, got
  repeat flag, got = q:test() until flag
  check.eq(got, theirs[i], "test", i)
  check.eq(mpi.Waitall{r, q}[2], theirs[i])
  for root = 0, size - 1 do
    check.eq(mpi.bcast(rank == root and v or nil, root), values(root)[i], "bcast", i, root)
    local list = mpi.gather(v, root)
    if rank ~= root then check.eq(list, nil) end
    if rank == root then
      for r = 0, size - 1 do check.eq(list[r + 1], values(r)[i], "gather", i, root) end
    end
    check.eq(mpi.scatter(list, root), v, "scatter", i, root)
  end
  local list = comm:allgather(v)
  for r = 0, size - 1 do check.eq(list[r + 1], values(r)[i], "allgather", i) end
  local all = mpi.alltoall(list)
  for r = 0, size - 1 do check.eq(all[r + 1], v, "alltoall", i) end
end
if size > 1 then
  if rank == 0 then
    mpi.send({1, nil, 3}, 1, 5)
    mpi.send(nil, 1)
    mpi.send(function(x) return x + size end, 1, 6)
    mpi.send(mpi.SUM, 1, 7)
  elseif rank == 1 then
    local t = mpi.recv(0, 5)
    check.eq({t[1], t[2], t[3]}, {1, nil, 3})
    check.eq(mpi.recv(), nil)
    check.eq(mpi.recv(0, 6)(1), size + 1)
    check.eq(mpi.recv(0, 7) == mpi.SUM, true)
  end
end
-- messages of the twins and of the capital calls never meet
local r = mpi.Isend(array.full(1, 3), right, 1)
local v = mpi.sendrecv("value", right, 1, mpi.ANY_SOURCE, mpi.ANY_TAG)
check.eq(v, "value")
local a = array.zeros(1)
mpi.Recv(a)
check.eq(a[1], 3)
mpi.Wait(r)

-- many irecv at once match in the order in which they were posted
local q = {}
for i = 1, 20 do q[i] = mpi.irecv(left, 3) end
for i = 1, 20 do mpi.send(i % 3 == 0 and string.rep("z", 10000 * i) or i, right, 3) end
for i, v in ipairs(mpi.Waitall(q)) do check.eq(type(v) == "string" and #v / 10000 or v, i) end

-- a long value gets on while its receiver waits in a collective that can be left
assert(mpi.cancellable(true) == false and mpi.check(true) == false) -- and one that the ranks compare
local long = string.rep("l", 300000)
if rank == 0 and size > 1 then
  local q = mpi.irecv(1, 4)
  mpi.Barrier()
  check.eq(q:wait(), long)
else
  if rank == 1 then mpi.send(long, 0, 4) end
  mpi.Barrier()
end
local q = mpi.irecv(left, 998)
q:cancel()
check.eq(q:wait(), nil)
mpi.irecv(left, 997) -- nobody waits for it
mpi.send(long .. long, right, 997)
collectgarbage()
mpi.Barrier() -- one that can be left
assert(mpi.cancellable(false) and mpi.check(false))

-- reductions
local sum = size * (size - 1) / 2
check.eq(mpi.allreduce(rank, mpi.SUM), sum)
check.eq(mpi.reduce(rank, mpi.SUM, size - 1), rank == size - 1 and sum or nil)
local text = ""
for r = 0, size - 1 do text = text .. r end
check.eq(mpi.allreduce(tostring(rank), function(a, b) return a .. b end), text)
check.eq(mpi.scan(tostring(rank), function(a, b) return a .. b end), text:sub(1, rank + 1))
local before = mpi.exscan(tostring(rank), function(a, b) return a .. b end)
if rank == 0 then check.eq(before, nil) else check.eq(before, text:sub(1, rank)) end
check.eq(mpi.allreduce(array.full(2, rank), mpi.SUM):totable(), {sum, sum})
check.eq(mpi.allreduce({rank % 3, rank}, mpi.MAXLOC), {math.min(2, size - 1), math.min(2, size - 1)})
check.eq(mpi.allreduce({rank % 3, rank}, mpi.MINLOC), {0, 0})
check.eq(mpi.allreduce(rank, mpi.MIN), 0)
check.eq(mpi.allreduce(rank + 1, mpi.PROD), ({1, 2, 6, 24})[size])
check.eq(mpi.allreduce(2^rank, mpi.BOR), 2^size - 1)
check.eq(mpi.allreduce(2^rank, mpi.BXOR), 2^size - 1)
check.eq(mpi.allreduce(3, mpi.BAND), 3)
check.eq(mpi.allreduce(rank == 0, mpi.LOR), true)
check.eq(mpi.allreduce(1, mpi.LXOR), size % 2)
check.eq(mpi.allreduce(rank == 0, mpi.LAND), size == 1)
local op = mpi.Op_create(function(a, b) return a + b + 1 end)
check.eq(mpi.allreduce(1, op), 2 * size - 1)
op:free()

-- a value that cannot be sent fails everywhere and leaves nothing waiting
check.fails(rank == 0 and "it is a coroutine" or "the root's value cannot be sent", mpi.bcast, rank == 0 and coroutine.create(function() end) or nil, 0)
check.fails(rank == 0 and "it is a coroutine" or "the value of rank 0 cannot be sent", mpi.allgather, rank == 0 and coroutine.create(function() end) or 1)
check.fails(rank == 0 and "list of" or "the root's list cannot be sent", mpi.scatter, 7, 0)
check.fails(rank == 0 and "list of" or "the list of rank 0 cannot be sent", mpi.alltoall, rank == 0 and 7 or check.range(1, size))
check.fails("list of " .. size .. " values expected, got " .. size + 1, mpi.alltoall, check.range(1, size + 1))
check.fails("list of " .. size .. " values expected, got " .. size - 1, mpi.alltoall, check.range(1, size - 1))
check.eq(mpi.allgather(1)[size], 1)
check.both(function() check.eq(mpi.allreduce(1, mpi.SUM), size) end)
check.eq(mpi.recv(mpi.PROC_NULL), nil)

-- a long value comes in while its receiver sits in a collective, which its sender comes
-- to only when it is there
for _, v in ipairs{ ("z"):rep(200000), array.full(100000, rank) } do
  local q = mpi.irecv(left, 5)
  if rank == 0 then
    local begin = mpi.Wtime()
    while mpi.Wtime() - begin < 0.2 do end
  end
  mpi.send(v, right, 5)
  mpi.Barrier()
  check.eq(mpi.allreduce(rank, mpi.SUM), sum)
  check.eq(#q:wait(), #v)
end
