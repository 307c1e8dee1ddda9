local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size

local function start(n)
  local into, requests = {}, {}
  for i = 1, n do
    into[i] = array.zeros(1)
    requests[i] = mpi.Irecv(into[i], left, i)
  end
  for i = 1, n do
    requests[n + i] = mpi.Isend(array.full(1, 10 * rank + i), right, i)
  end
  return into, requests
end
local function arrived(into)
  for i, a in ipairs(into) do check.eq(a[1], 10 * left + i) end
end

-- Waitall
local into, requests = start(3)
local statuses = mpi.Waitall(requests)
check.eq(#statuses, 6)
for i = 1, 3 do check.eq({statuses[i].source, statuses[i].tag}, {left, i}) end
arrived(into)
check.eq(#mpi.Waitall(requests), 6) -- complete ones count as null
check.eq(#mpi.Waitall{}, 0)

-- Waitany
local into, requests = start(3)
local seen = {}
for _ = 1, 6 do
  local i, st = mpi.Waitany(requests)
  assert(not seen[i])
  seen[i] = true
  if i <= 3 then check.eq(st.tag, i) end
end
check.eq(mpi.Waitany(requests), nil)
arrived(into)

-- Waitsome, Testsome
for _, some in ipairs{mpi.Waitsome, mpi.Testsome} do
  local into, requests = start(3)
  local seen, n = {}, 0
  while n < 6 do
    local indices, statuses = some(requests)
    check.eq(#indices, #statuses)
    for k, i in ipairs(indices) do
      assert(not seen[i])
      seen[i], n = true, n + 1
      if i <= 3 then check.eq(statuses[k].tag, i) end
    end
  end
  check.eq(some(requests), nil)
  arrived(into)
end

-- Test, Testall, Testany
local into, requests = start(2)
local st
for _, r in ipairs(requests) do
  local flag
  repeat flag, st = mpi.Test(r) until flag
end
arrived(into)
local into, requests = start(2)
local flag, statuses
repeat flag, statuses = mpi.Testall(requests) until flag
check.eq(#statuses, 4)
arrived(into)
local into, requests = start(2)
local n = 0
while n < 4 do
  local flag, i, st = mpi.Testany(requests)
  if flag then n = n + 1; assert(i >= 1 and i <= 4) end
end
local flag, i = mpi.Testany(requests)
check.eq({flag, i}, {true, nil})
arrived(into)

-- the error of one of several
if size > 1 then
  if rank == 0 then
    mpi.Send(array.zeros(3), 1, 70)
    mpi.Send(array.zeros(1), 1, 71)
  elseif rank == 1 then
    local list = {mpi.Irecv(array.zeros(1), 0, 71), mpi.Irecv(array.zeros(2), 0, 70)}
    local err = check.fails("(request 2): the message from rank 0 with tag 70 " .. check.long(24) .. ", and the array has room for 2 float64", mpi.Waitall, list)
    check.eq({err.class, err.call}, {"ERR_TRUNCATE", "Waitall"})
  end
  mpi.Barrier()
end

-- null requests
local st = mpi.Wait(mpi.REQUEST_NULL)
check.eq({st.source, st.tag, mpi.Get_count(st, mpi.DOUBLE)}, {mpi.ANY_SOURCE, mpi.ANY_TAG, 0})
check.eq(mpi.Test(mpi.REQUEST_NULL), true)

-- a status without ending the request
local a = array.zeros(1)
local r = mpi.Irecv(a, left, 1)
check.eq(tostring(r), "Irecv request")
mpi.Barrier()
check.eq(mpi.Request_get_status(r), false)
mpi.Barrier()
mpi.Send(array.full(1, 5), right, 1)
local flag, st
repeat flag, st = r:get_status() until flag
check.eq(st.tag, 1)
check.eq(r:test(), true)
check.eq(tostring(r), "Irecv request (complete)")
check.eq(a[1], 5)

-- cancelling a receive
local r = mpi.Irecv(array.zeros(1), left, 999)
r:cancel()
local st = mpi.Wait(r)
check.eq(mpi.Test_cancelled(st), true)
check.fails("the request is not active", mpi.Cancel, r)
check.fails("a collective operation (Ibarrier) cannot be cancelled", function()
  local b = mpi.Ibarrier()
  local ok, err = pcall(mpi.Cancel, b)
  mpi.Wait(b)
  error(err)
end)

-- requests that are given up end all the same, and their arrays live on
for i = 1, 50 do
  mpi.Request_free(mpi.Isend(array.full(10000, i), right, 2))
  mpi.Isend(array.full(10000, i), right, 3)
end
collectgarbage()
local a = array.zeros(10000)
for i = 1, 50 do
  mpi.Recv(a, left, 2)
  check.eq({a[1], a[10000]}, {i, i})
  mpi.Recv(a, left, 3)
  check.eq({a[1], a[10000]}, {i, i})
end
mpi.Barrier()

-- a request may be asked to be cancelled again, also one that starts anew
local kept = comm:Recv_init(array.zeros(1), rank, 77)
for i = 1, 20 do
  local r = comm:Irecv(array.zeros(1), rank, 77)
  r:Cancel()
  r:Cancel()
  check.eq(mpi.Test_cancelled(r:wait()), true)
  check.fails("not active", mpi.Cancel, r)
  kept:Start()
  kept:Cancel()
  mpi.Cancel(kept)
  check.eq(mpi.Test_cancelled(kept:wait()), true)
  kept:Start()
  comm:Send(array.full(1, i), rank, 77)
  check.eq(mpi.Test_cancelled(kept:wait()), false)
end
kept:free()

-- several requests that fail at once: each is over, whichever the call tells of
if size > 1 then
  for i = 1, 60 do
    for _, call in ipairs{ "Waitany", "Testany", "Waitsome", "Testsome", "Waitall" } do
      local list = {}
      for k = 1, 4 do
        list[k] = k % 2 == 0 and comm:Recv_init(array.zeros(1), left, k) or comm:Irecv(array.zeros(1), left, k)
        if k % 2 == 0 then list[k]:Start() end
      end
      mpi.Barrier()
      for k = 1, 4 do comm:Send(array.ones(3), right, k) end
      mpi.Barrier()
      pcall(mpi[call], list)
      for k = 1, 4 do
        pcall(mpi.Wait, list[k])
        if k % 2 == 0 then pcall(mpi.Request_free, list[k]) end
      end
      local a = array.zeros(1)
      mpi.Waitall{ comm:Irecv(a, left, 9), comm:Isend(array.full(1, i), right, 9) }
      check.eq(a[1], i)
    end
  end
end
