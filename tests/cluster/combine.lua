-- Ops of scripts, whoever makes the progress of MPI meanwhile: they run in the
-- task of their reduction, with the right operands, in rank order.
local cluster = require "cluster"
local t = require "prelude"
local manager = t.start(3)
local function run(f, ...) return cluster.mpido(manager, f, ...) end

run(function()
  mpi, array, cluster = require "mpi", require "array", require "cluster"
  rank, size = mpi.Comm_rank(), mpi.Comm_size()
  function busy(seconds) local t, x = os.clock(), 0 while os.clock() - t < seconds do x = x + 1 end end
  add = mpi.Op_create(function(a, b) return a + b end)
  concat = mpi.Op_create(function(a, b) return a * 10 ^ #tostring(b) + b end, false)
  whole = mpi.Op_create_array(function(a, b) for i = 1, #a do b[i] = a[i] * b[i] end end)
  function digits(first, last) local n = 0 for r = first, last do n = n * 10 + r + 1 end return n end
  function factorial(n) return n < 2 and 1 or n * factorial(n - 1) end
end)

-- several at once, of several ops, while Lua computes and the link moves frames
run(function()
  for round = 1, 10 do
    local outs, requests = {}, {}
    for i = 1, 3 do
      local a = array.full(4, rank + 1)
      outs[i] = array.zeros(4)
      requests[i] = mpi.Iallreduce(a, outs[i], ({ add, concat, whole })[i])
    end
    busy(0.01)
    if round % 2 == 0 then mpi.Waitall(requests) else for i = 3, 1, -1 do while not mpi.Test(requests[i]) do end end end
    for i = 1, 4 do
      assert(outs[1][i] == size * (size + 1) / 2 and outs[2][i] == digits(0, size - 1) and outs[3][i] == factorial(size),
        "round " .. round .. ": " .. outs[1][i] .. " " .. outs[2][i] .. " " .. outs[3][i])
    end
  end
end)

-- all kinds of reductions, those that can be left and those that cannot
run(function()
  for _, leavable in ipairs{ false, true } do
    local before = mpi.cancellable(true)
    if not leavable then mpi.cancellable(before) end
    local a = array.zeros(size)
    for i = 1, size do a[i] = rank + 1 end
    local want = digits(0, size - 1)
    local function check(got, want, what) assert(got == want, what .. " gives " .. tostring(got) .. ", want " .. tostring(want)) end
    for root = 0, size - 1 do
      local out = mpi.Reduce(a, concat, root)
      if rank == root then for i = 1, size do check(out[i], want, "Reduce") end end
    end
    check(mpi.Allreduce(a, concat)[size], want, "Allreduce")
    check(mpi.Scan(a, concat)[1], digits(0, rank), "Scan")
    local ex = mpi.Exscan(a, concat)
    if rank > 0 then check(ex[1], digits(0, rank - 1), "Exscan") end
    check(mpi.Reduce_scatter_block(a, concat)[1], want, "Reduce_scatter_block")
    local counts, total = {}, 0
    for r = 1, size do counts[r] = r - 1 total = total + r - 1 end
    local part = mpi.Reduce_scatter(array.full(total, rank + 1), nil, counts, concat)
    check(#part, rank, "Reduce_scatter")
    if rank > 0 then check(part[rank], want, "Reduce_scatter") end
    local here = array.full(3, rank + 1)
    mpi.Allreduce(mpi.IN_PLACE, here, concat)
    check(here[3], want, "in place")
    check(mpi.Allreduce(rank + 1, concat), want, "of a number")
    -- started
    local r, out = mpi.Ireduce_scatter_block(a, concat)
    local s, scan = mpi.Iscan(a, concat)
    local x, reduced = mpi.Ireduce(a, concat, size - 1)
    local w, all = mpi.Iallreduce(mpi.IN_PLACE, array.full(1, rank + 1), concat)
    mpi.Waitall{ x, r, s, w }
    check(out[1], want, "Ireduce_scatter_block") check(scan[size], digits(0, rank), "Iscan") check(all[1], want, "Iallreduce")
    if rank == size - 1 then check(reduced[1], want, "Ireduce") end
    mpi.cancellable(before)
  end
end)

-- ops that are forgotten, and freed while their reduction is at work
run(function()
  for i = 1, 300 do
    local op = mpi.Op_create(function(a, b) return a + b + i end)
    local r, out = mpi.Iallreduce(array.full(1, 0), op)
    if i % 2 == 0 then op:free() end
    mpi.Wait(r)
    assert(out[1] == (size - 1) * i)
  end
end)

-- an op that waits, one that fails, one that uses MPI
run(function()
  local slow = mpi.Op_create(function(a, b) cluster.sleep(0.002) return a + b end)
  local r, out = mpi.Iallreduce(array.full(2, 1), slow)
  busy(0.005)
  mpi.Wait(r)
  assert(out[1] == size and out[2] == size and mpi.Allreduce(1, slow) == size)
  local bad = mpi.Op_create(function(a, b) error("no such luck") end)
  local r = mpi.Iallreduce(array.full(1, 1), bad)
  local ok, e = pcall(mpi.Wait, r)
  assert(not ok and tostring(e):find("no such luck", 1, true), tostring(e))
  assert(mpi.Allreduce(1, add) == size)
end)
run(function() -- which is refused where MPI itself runs the op, and harmless where it does not
  local inner = mpi.Op_create(function(a, b) mpi.Send(array.zeros(1), mpi.PROC_NULL) return a + b end)
  local ok, e = pcall(mpi.Allreduce, 1, inner)
  assert(ok or tostring(e):find("in the function of an op", 1, true), tostring(e))
  mpi.Barrier()
end)

-- an op that never ends can be stopped
local ok, e = pcall(run, function()
  local endless = mpi.Op_create(function(a, b) while true do end end)
  if rank == 1 then cluster.sleep(0.05) error("on purpose") end
  mpi.Wait((mpi.Iallreduce(array.ones(1), endless, mpi.COMM_SELF)))
  mpi.Reduce_local(array.ones(1), array.ones(1), endless)
end)
assert(not ok and tostring(e):find("on purpose", 1, true), tostring(e))
run(function() assert(mpi.Allreduce(1, add) == size) end)

-- windows take MPI's own ops
run(function()
  local win, memory = mpi.Win_allocate(1)
  win:fence()
  local ok, e = pcall(mpi.Accumulate, array.ones(1), add, 0, win)
  assert(not ok and tostring(e):find("the ops of MPI alone", 1, true), tostring(e))
  win:fence()
  win:free()
end)
