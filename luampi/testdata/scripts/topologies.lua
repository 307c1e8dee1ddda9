local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size

check.eq(mpi.Dims_create(12, {0, 0}), {4, 3})
check.eq(mpi.Dims_create(12, {0, 2}), {6, 2})
check.eq(comm:Topo_test(), mpi.UNDEFINED)

-- a ring and a line
for _, ring in ipairs{true, false} do
  local line = mpi.Cart_create({size}, {ring}, false, comm)
  check.eq(line:Topo_test(), mpi.CART)
  check.eq(line:Cartdim_get(), 1)
  check.eq({line:Cart_get()}, {{size}, {ring and 1 or 0}, {rank}})
  check.eq(line:Cart_coords(rank), {rank})
  check.eq(mpi.Cart_rank({rank}, line), rank)
  local source, dest = line:Cart_shift(0, 1)
  check.eq(source, (rank > 0 or ring) and (rank - 1) % size or mpi.PROC_NULL)
  check.eq(dest, (rank < size - 1 or ring) and (rank + 1) % size or mpi.PROC_NULL)
  local got = array.full(1, -1)
  mpi.Sendrecv(array.full(1, rank), dest, 0, got, source, 0, line)
  check.eq(got[1], source == mpi.PROC_NULL and -1 or source)
  -- neighbours: from the left, from the right
  local left, right = source, dest
  if size > 2 then -- a ring of one or two swaps them in some forms of Open MPI
    for _, form in ipairs{"Neighbor_allgather", "Ineighbor_allgather"} do
      local into = array.full(2, -1)
      local r = mpi[form](array.full(1, rank), into, line)
      if form:sub(1, 1) == "I" then mpi.Wait(r) end
      check.eq(into:totable(), {left == mpi.PROC_NULL and -1 or left, right == mpi.PROC_NULL and -1 or right})
    end
    for _, form in ipairs{"Neighbor_alltoall", "Ineighbor_alltoall"} do
      local into = array.full(2, -1)
      local r = mpi[form](array.from{10 * rank, 10 * rank + 1}, into, line)
      if form:sub(1, 1) == "I" then mpi.Wait(r) end
      check.eq(into:totable(), {left == mpi.PROC_NULL and -1 or 10 * left + 1, right == mpi.PROC_NULL and -1 or 10 * right})
    end
    for _, form in ipairs{"Neighbor_allgatherv", "Ineighbor_allgatherv"} do
      local into = array.full(4, -1)
      local r = mpi[form](array.full(1, rank), into, {1, 1}, {0, 2}, line)
      if form:sub(1, 1) == "I" then mpi.Wait(r) end
      check.eq({into[1], into[3]}, {left == mpi.PROC_NULL and -1 or left, right == mpi.PROC_NULL and -1 or right})
    end
    for _, form in ipairs{"Neighbor_alltoallv", "Ineighbor_alltoallv"} do
      local into = array.full(2, -1)
      local r = mpi[form](array.from{10 * rank, 10 * rank + 1}, {1, 1}, nil, into, {1, 1}, nil, line)
      if form:sub(1, 1) == "I" then mpi.Wait(r) end
      check.eq(into:totable(), {left == mpi.PROC_NULL and -1 or 10 * left + 1, right == mpi.PROC_NULL and -1 or 10 * right})
    end
    check.eq(#mpi.Neighbor_allgather(array.full(3, 1), line), 6)
  else
    for _, name in ipairs{"Neighbor_allgather", "Ineighbor_allgather", "Neighbor_alltoall", "Ineighbor_alltoall"} do
      local r = mpi[name](array.zeros(2), array.zeros(name:find("gather") and 4 or 2), line)
      if name:sub(1, 1) == "I" then mpi.Wait(r) end
    end
  end
  check.eq(type(mpi.Cart_map({size}, {ring}, comm)), "number")
  local whole = mpi.Cart_sub({true}, line)
  check.eq(whole:size(), size)
  whole:free()
  line:free()
end
if size == 4 then
  local grid = mpi.Cart_create({2, 2}, {false, true}, false, comm)
  check.eq(grid:Cart_coords(2), {1, 0})
  check.eq(mpi.Cart_rank({1, 1}, grid), 3)
  check.eq(mpi.Cart_rank({1, 3}, grid), 3) -- the second dimension is a ring
  local row = mpi.Cart_sub({false, true}, grid)
  check.eq(row:allgather(rank), rank < 2 and {0, 1} or {2, 3})
  row:free()
  grid:free()
  local part = mpi.Cart_create({3}, {false}, false, comm)
  check.eq(part == mpi.COMM_NULL, rank == 3)
  if rank < 3 then part:free() end
end

-- a graph: everybody knows rank 0
local index, edges = {size - 1}, {}
for r = 1, size - 1 do
  edges[r], index[r + 1] = r, size - 1 + r
end
for r = 1, size - 1 do edges[size - 1 + r] = 0 end
local star = mpi.Graph_create(index, edges, false, comm)
check.eq(star:Topo_test(), mpi.GRAPH)
check.eq({star:Graphdims_get()}, {size, #edges})
check.eq({star:Graph_get()}, {index, edges})
check.eq(star:Graph_neighbors_count(0), size - 1)
local known = star:Graph_neighbors(0)
table.sort(known)
local others = {}
for r = 1, size - 1 do others[r] = r end
check.eq(known, others)
check.eq(type(mpi.Graph_map(index, edges, comm)), "number")
local sums = mpi.Neighbor_allgather(array.full(1, rank), star)
check.eq(#sums, rank == 0 and size - 1 or 1)
if rank > 0 then check.eq(sums[1], 0) end
star:free()

-- a graph of which each process tells its part: a ring in one direction
local right, left = (rank + 1) % size, (rank - 1) % size
for k = 1, 2 do
  local ring
  if k == 1 then
    ring = mpi.Dist_graph_create_adjacent({left}, nil, {right}, nil, mpi.INFO_NULL, false, comm)
  else
    ring = mpi.Dist_graph_create({rank}, {1}, {right}, {5}, mpi.INFO_NULL, false, comm)
  end
  check.eq(ring:Topo_test(), mpi.DIST_GRAPH)
  check.eq({ring:Dist_graph_neighbors_count()}, {1, 1, k == 2})
  local sources, sw, dests, dw = ring:Dist_graph_neighbors()
  check.eq({sources, dests}, {{left}, {right}})
  if k == 2 then check.eq({sw, dw}, {{5}, {5}}) end
  check.eq(mpi.Neighbor_alltoall(array.full(1, rank), ring):totable(), {left})
  local into = array.zeros(2)
  mpi.Neighbor_allgatherv(array.full(2, rank), into, {2}, {0}, ring)
  mpi.Wait((mpi.Ineighbor_allgatherv(array.full(2, rank), into, {2}, {0}, ring)))
  check.eq(into:totable(), {left, left})
  mpi.Neighbor_alltoallv(array.full(2, rank), {2}, nil, into, {2}, nil, ring)
  mpi.Wait((mpi.Ineighbor_alltoallv(array.full(2, rank), {2}, nil, into, {2}, nil, ring)))
  check.eq(into:totable(), {left, left})
  ring:free()
end
check.fails("communicator that mpi.Cart_create has made expected", mpi.Cart_coords, 0, comm)
check.fails("communicator expected", mpi.Cart_coords, 0)

-- hints
local info = mpi.Info_create()
mpi.Info_set(info, "first", "1")
info:set("second", "two")
check.eq({mpi.Info_get(info, "second")}, {true, "two"})
check.eq({info:get("third")}, {false})
check.eq({mpi.Info_get_valuelen(info, "second")}, {true, 3})
check.eq(mpi.Info_get_nkeys(info), 2)
check.eq(mpi.Info_get_nthkey(info, 0), "first")
local copy = info:dup()
mpi.Info_delete(info, "first")
check.eq({info:get_nkeys(), copy:get_nkeys()}, {1, 2})
local hinted = mpi.Comm_dup_with_info(copy, comm)
mpi.Comm_set_info(info, hinted)
assert(tostring(mpi.Comm_get_info(hinted)):find("info"))
hinted:free()
copy:free()
check.fails("the info was freed", mpi.Info_dup, copy)

-- what is not in a grid is refused, where libraries answer for something else
local grid = mpi.Cart_create({ 1, 1 }, { true, true }, false, mpi.COMM_SELF)
check.fails("direction 2 is not in a grid of 2 dimensions, which count from 0", mpi.Cart_shift, 2, 1, grid)
check.fails("direction -1 is not in a grid", mpi.Cart_shift, -1, 1, grid)
check.fails("rank 1 is not in a communicator of 1", mpi.Cart_coords, 1, grid)
grid:free()
