-- Collectives whose parts differ in length: rank r has r + 1 elements 10 r + i, with a gap of one between the parts.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local function starting(name)
  return function(...)
    local r, out = mpi["I" .. name:sub(1, 1):lower() .. name:sub(2)](...)
    mpi.Wait(r)
    return out
  end
end
local function blocking(name) return mpi[name] end
local function own(r) return function(i) return 10 * r + i end end

for _, form in ipairs{blocking, starting} do
  check.both(function()
    for _, typ in ipairs(check.types) do
      local counts, displs, total = {}, {}, 0
      for r = 0, size - 1 do
        counts[r + 1], displs[r + 1] = r + 1, total + r
        total = total + r + 1
      end
      local span = total + size - 1
      local mine = check.make(rank + 1, typ, own(rank))
      local function parts(a, gap, what)
        local at = 0
        for r = 0, size - 1 do
          check.elements(a:view(at + 1, r + 1), r + 1, own(r), what, typ, r)
          at = at + r + 1 + gap
        end
      end
      for root = 0, size - 1 do
        local into = rank == root and array.zeros(span, typ) or nil
        form("Gatherv")(mine, into, counts, displs, root)
        if rank == root then parts(into, 1, "Gatherv") end
        local made = form("Gatherv")(mine, rank == root and array.zeros(total, typ) or nil, counts, nil, root, comm)
        if rank == root then parts(made, 0, "Gatherv packed") end
        local part = array.zeros(rank + 1, typ)
        form("Scatterv")(into, part, counts, displs, root)
        check.elements(part, rank + 1, own(rank), "Scatterv", typ, root)
      end
      local into = array.zeros(span, typ)
      form("Allgatherv")(mine, into, counts, displs)
      parts(into, 1, "Allgatherv")
      parts(form("Allgatherv")(mine, nil, array.from(counts, "int32")), 0, "Allgatherv made")
      -- to rank t go t + 1 elements
      local send = array.zeros(total, typ)
      local at = 0
      for t = 0, size - 1 do
        for i = 1, t + 1 do send[at + i] = 20 * rank + i end
        at = at + t + 1
      end
      local rcounts, rdispls = {}, {}
      for r = 0, size - 1 do rcounts[r + 1], rdispls[r + 1] = rank + 1, r * (rank + 2) end
      local into = array.zeros(size * (rank + 2), typ)
      form("Alltoallv")(send, counts, nil, into, rcounts, rdispls)
      for r = 0, size - 1 do
        check.elements(into:view(r * (rank + 2) + 1, rank + 1), rank + 1, function(i) return 20 * r + i end, "Alltoallv", typ, r)
      end
      check.eq(mpi.Barrier(), nil)
    end
  end)
end

-- in place, what would be sent has no counts (MPI 3.1, section 5.8)
do
  local rank, size = mpi.Comm_rank(), mpi.Comm_size()
  local ones, a = {}, array.zeros(size)
  for r = 1, size do ones[r], a[r] = 1, 10 * rank + r - 1 end
  mpi.Alltoallv(mpi.IN_PLACE, nil, nil, a, ones)
  for r = 1, size do check.eq(a[r], 10 * (r - 1) + rank) end
  check.fails("IN_PLACE is for the receive array here", mpi.Scatterv, mpi.IN_PLACE, a, ones, nil, rank)
  check.fails("bad argument #2 'sendcounts' to 'Alltoallv' (list expected, got nil)", mpi.Alltoallv, a, nil, nil, a:copy(), ones)
end

-- the root's own part does not fit: it says so, not that another rank sent too much
if mpi.Comm_size() == 1 then
  check.fails("array of at least 4 elements expected, which this rank deals out to itself, got 3", mpi.Scatter, array.zeros(4), array.zeros(3), 0)
  check.fails("array of at least 4 elements expected, which this rank deals out to itself, got 3", mpi.Scatterv, array.zeros(4), array.zeros(3), { 4 }, nil, 0)
end
