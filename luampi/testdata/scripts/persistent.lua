-- Persistent requests, buffered sends, and duplication in the background.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size

for _, make in ipairs{mpi.Send_init, mpi.Ssend_init} do
  local out, into = array.zeros(2), array.zeros(2)
  local s, r = make(out, right, 3, comm), mpi.Recv_init(into, left, 3, comm)
  check.eq(mpi.Test(s), true) -- not active
  for round = 1, 5 do
    out:fill(10 * rank + round)
    mpi.Startall{r, s}
    check.fails("the request is active already", mpi.Start, r)
    local st = mpi.Waitall{r, s}[1]
    check.eq(st.source, left)
    check.eq(into:totable(), {10 * left + round, 10 * left + round})
  end
  r:free()
  s:free()
end
local into = array.zeros(1)
local r = mpi.Recv_init(into, left)
mpi.Start(r)
mpi.Barrier()
local s = mpi.Rsend_init(array.full(1, rank), right)
s:start()
mpi.Wait(s)
mpi.Wait(r)
check.eq(into[1], left)
check.fails("the request is not persistent", mpi.Start, mpi.Isend(into, mpi.PROC_NULL))
check.fails("the request is not persistent", mpi.Start, mpi.REQUEST_NULL)

-- one whose receive fails: Open MPI frees it then, MPICH lets it start again
local function failed(wait)
  local r, into = mpi.Recv_init(array.zeros(1), rank, 51), array.zeros(1)
  local long = mpi.Isend(array.zeros(3), rank, 51) -- before it: of a receive that waits, Open MPI tells nothing in the same process
  mpi.Start(r)
  check.fails("ERR_TRUNCATE", wait, r)
  mpi.Wait(long)
  local other = mpi.Recv_init(into, rank, 51) -- which may get its place in the library
  local ok, e = pcall(mpi.Start, r)
  if ok then
    mpi.Send(array.zeros(1), rank, 51)
    mpi.Wait(r)
  else
    assert(e.message:find("the MPI library ended the request when it failed", 1, true), e.message)
  end
  mpi.Request_free(r)
  mpi.Barrier(mpi.COMM_SELF) -- frees what was given up
  mpi.Start(other)
  mpi.Send(array.full(1, 5), rank, 51)
  mpi.Wait(other)
  check.eq(into[1], 5)
  other:free()
end
for _ = 1, 20 do
  failed(mpi.Wait)
  failed(function(r) mpi.Waitsome{ r } end)
  failed(function(r) while not mpi.Test(r) do end end)
end
-- the same in a list, beside null, inactive, plain and good ones
for _, some in ipairs{ mpi.Waitsome, function(list)
  while true do
    local indices = mpi.Testsome(list)
    if indices == nil or #indices > 0 then return indices end
  end
end } do
  local goodInto, plainInto = array.zeros(1), array.zeros(1)
  local good, idle = mpi.Recv_init(goodInto, rank, 52), mpi.Recv_init(array.zeros(1), rank, 53)
  local failing, plain = mpi.Recv_init(array.zeros(1), rank, 54), mpi.Irecv(plainInto, rank, 55)
  local sent = { mpi.Isend(array.full(1, 2), rank, 52), mpi.Isend(array.full(1, 5), rank, 55), mpi.Isend(array.zeros(3), rank, 54) }
  mpi.Startall{ good, failing }
  local list, failures, done = { mpi.REQUEST_NULL, good, idle, failing, plain }, 0, {}
  while true do
    local ok, indices = pcall(some, list)
    if not ok then
      assert(indices.class == "ERR_TRUNCATE" and indices.message:find("request 4", 1, true), tostring(indices))
      failures = failures + 1
    elseif indices == nil then
      break
    else
      for _, i in ipairs(indices) do done[i] = true end
    end
  end
  mpi.Waitall(sent)
  check.eq({ failures, goodInto[1], plainInto[1] }, { 1, 2, 5 })
  assert(not (done[1] or done[3] or done[4]))
  for _, r in ipairs{ good, idle, failing } do mpi.Request_free(r) end
end
local r = mpi.Recv_init(array.zeros(1), rank, 51)
local long = mpi.Isend(array.zeros(3), rank, 51)
r:start()
r:free() -- and fails, with nobody who waits
mpi.Wait(long)

-- requests that nobody frees
for i = 1, 20 do mpi.Recv_init(array.zeros(10), left, 50) end
collectgarbage()

-- buffered
check.fails("ERR_BUFFER: no buffer is attached", mpi.Buffer_detach)
check.fails("Bsend: ERR_BUFFER", mpi.Bsend, array.zeros(1), right)
local space = array.zeros(8 * 1000 + 10 * mpi.BSEND_OVERHEAD, "uint8")
mpi.Buffer_attach(space)
check.fails("a buffer is attached already", mpi.Buffer_attach, space)
local a = array.zeros(100)
for i = 1, 5 do
  a:fill(10 * rank + i)
  mpi.Bsend(a, right, i)
  local r = mpi.Ibsend(a, right, 10 + i)
  a:fill(0)
  r:wait()
end
local err = check.fails("ERR_BUFFER", mpi.Bsend, array.zeros(3000), right)
check.eq(err.class, "ERR_BUFFER")
for i = 5, 1, -1 do
  for _, tag in ipairs{10 + i, i} do
    mpi.Recv(a, left, tag)
    check.eq({a[1], a[100]}, {10 * left + i, 10 * left + i})
  end
end
check.eq(mpi.Buffer_detach() == space, true)

-- Sendrecv_replace
local a = array.full(3, rank)
local st = mpi.Sendrecv_replace(a, right, 1, left, 1)
check.eq({a:totable(), st.source}, {{left, left, left}, left})

-- Comm_idup
local r, dup = mpi.Comm_idup(comm)
check.fails("still being made", mpi.Barrier, dup)
mpi.Wait(r)
check.eq({dup:rank(), dup:size()}, {rank, size})
check.eq(mpi.Comm_compare(dup, comm), mpi.CONGRUENT)
check.eq(dup:allgather(rank)[size], size - 1)
check.eq(mpi.Allreduce(1, mpi.SUM, dup), size)
dup:free()

-- requests whose communicator was freed, and which then fail, are errors and nothing else
for i = 1, 50 do
  local other = mpi.COMM_SELF:dup()
  local again = other:Recv_init(array.zeros(1), 0, 5)
  local once = other:Irecv(array.zeros(1), 0, 6)
  local sent = { other:Isend(array.ones(3), 0, 5), other:Isend(array.ones(3), 0, 6) }
  again:Start()
  other:free()
  check.fails("freed", mpi.Comm_size, other)
  for _, r in ipairs{ again, once } do
    local ok, err = pcall(mpi.Wait, r)
    assert(ok or tostring(err):find("ERR_TRUNCATE", 1, true), err) -- MPI does not see all of those from a rank to itself
  end
  mpi.Waitall(sent)
  pcall(mpi.Request_free, again)
end

-- and such communicators are freed with their last request: a library has 65,536
if size == 1 then
  for _ = 1, 25000 do
    local c = mpi.COMM_SELF:dup()
    local r, s = c:Irecv(array.zeros(1), 0, 5), c:Isend(array.ones(1), 0, 5)
    c:free()
    mpi.Waitall{ r, s }
  end
end

-- of one that is not started, the status says nothing
local idle = mpi.Recv_init(array.zeros(1), 0, 1, mpi.COMM_SELF)
local function empty(status) return {status.source, status.tag} end
for _ = 1, 2 do
  check.eq(empty(mpi.Wait(idle)), {mpi.ANY_SOURCE, mpi.ANY_TAG})
  local done, status = mpi.Test(idle)
  check.eq({done, empty(status)}, {true, {mpi.ANY_SOURCE, mpi.ANY_TAG}})
  idle:start()
  mpi.Send(array.zeros(1), 0, 1, mpi.COMM_SELF)
  check.eq(empty(idle:wait()), {0, 1})
end
idle:free()
