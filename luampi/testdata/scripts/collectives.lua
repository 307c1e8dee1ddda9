local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size

-- blocking runs a collective, starting runs its non-blocking form and waits
local function blocking(name) return function(...) return mpi[name](...) end end
local function starting(name)
  return function(...)
    local r, out = mpi["I" .. name:sub(1, 1):lower() .. name:sub(2)](...)
    mpi.Wait(r)
    return out
  end
end

for _, form in ipairs{blocking, starting} do
  check.both(function()
    form("Barrier")()
    for _, typ in ipairs(check.types) do
      for _, n in ipairs(check.lengths) do
        local function mine(r) return function(i) return (10 * r + i) % 120 end end
        local a = check.make(n, typ, mine(rank))
        local function all(i) -- element i of everybody's arrays one after another
          local r = math.floor((i - 1) / n)
          return mine(r)(i - r * n)
        end
        for root = 0, size - 1 do
          local b = rank == root and a:copy() or array.zeros(n, typ)
          form("Bcast")(b, root)
          check.elements(b, n, mine(root), "Bcast", typ, n, root)
          -- Gather: into an array, into a new one, in place
          local into = rank == root and array.zeros(n * size, typ) or nil
          form("Gather")(a, into, root)
          if rank == root then check.elements(into, n * size, all, "Gather", typ, n, root) end
          local made = form("Gather")(a, root, comm)
          if rank == root then check.elements(made, n * size, all, "Gather", typ, n, root) else check.eq(made, nil) end
          if rank == root then
            into = array.zeros(n * size, typ)
            for i = 1, n do into[n * rank + i] = a[i] end
            form("Gather")(mpi.IN_PLACE, into, root)
            check.elements(into, n * size, all, "Gather in place", typ, n, root)
          else
            form("Gather")(a, nil, root)
          end
          -- Scatter: what Gather made goes back
          local part = array.zeros(n, typ)
          form("Scatter")(into, part, root)
          check.elements(part, n, mine(rank), "Scatter", typ, n, root)
          form("Scatter")(into, rank == root and mpi.IN_PLACE or part, root)
        end
        local into = array.zeros(n * size, typ)
        form("Allgather")(a, into)
        check.elements(into, n * size, all, "Allgather", typ, n)
        check.elements(form("Allgather")(a), n * size, all, "Allgather", typ, n)
        into:fill(0)
        for i = 1, n do into[n * rank + i] = a[i] end
        form("Allgather")(mpi.IN_PLACE, into)
        check.elements(into, n * size, all, "Allgather in place", typ, n)
        -- Alltoall: part for rank r is n elements 20 rank + 4 r + i
        local function part(from, to) return function(i) return (20 * from + 4 * to + i) % 120 end end
        local send = check.make(n * size, typ, function(i)
          local r = math.floor((i - 1) / n)
          return part(rank, r)(i - r * n)
        end)
        local function came(i)
          local r = math.floor((i - 1) / n)
          return part(r, rank)(i - r * n)
        end
        form("Alltoall")(send, into)
        check.elements(into, n * size, came, "Alltoall", typ, n)
        check.elements(form("Alltoall")(send), n * size, came, "Alltoall", typ, n)
      end
    end
  end)
end
-- Iform with the request and the array
local r, out = mpi.Iallgather(array.full(2, rank))
r:wait()
check.eq(#out, 2 * size)

-- ranks that do not agree on the length
if size == 2 then
  local apart = mpi.COMM_WORLD:dup()
  if rank == 0 then
    pcall(mpi.Bcast, array.zeros(10), 0, apart)
  else
    check.fails("lengths and types of the arrays, and counts, must agree on all ranks", mpi.Bcast, array.zeros(3), 0, apart)
  end
end
mpi.Barrier()
