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
