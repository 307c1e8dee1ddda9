-- Results whose length only MPI knows: long ones, and what is near them in memory.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size

local keep = {}
for i = 1, 500 do keep[i] = {i, tostring(i)} end

-- types of many blocks: two integers a block and one more, an address and a type a block
for _, n in ipairs{1, 1000, 40000, 100000} do
  local lengths, places, bytes, types = {}, {}, {}, {}
  for i = 1, n do lengths[i], places[i], bytes[i], types[i] = i % 3, 2 * i, 16 * i, i % 2 == 0 and mpi.DOUBLE or mpi.INT32_T end
  local indexed = mpi.Type_indexed(lengths, places, mpi.DOUBLE)
  local ints, addresses, of = mpi.Type_get_contents(indexed)
  check.eq({#ints, ints[1], ints[2], ints[n + 1], ints[n + 2], ints[2 * n + 1]}, {2 * n + 1, n, 1, n % 3, 2, 2 * n}, n)
  check.eq({#addresses, #of, of[1] == mpi.DOUBLE}, {0, 1, true})
  local struct = mpi.Type_create_struct(lengths, bytes, types)
  ints, addresses, of = mpi.Type_get_contents(struct)
  check.eq({#ints, ints[n + 1], #addresses, addresses[1], addresses[n], #of, of[n] == types[n]}, {n + 1, n % 3, n, 16, 16 * n, n, true}, n)
  ints, addresses, of = mpi.Type_get_contents(mpi.Type_dup(struct))
  check.eq({#ints, #addresses, #of}, {0, 0, 1})
  check.eq({mpi.Type_get_envelope(of[1])}, {n + 1, n, n, mpi.COMBINER_STRUCT})
end

-- a graph of 100,000 edges: everybody knows rank 0 many times over
local edges, index = {}, {}
local per = math.floor(100000 / size)
for r = 1, size do
  for i = 1, per do edges[#edges + 1] = (i + r) % size end
  index[r] = #edges
end
local graph = mpi.Graph_create(index, edges, false, comm)
check.eq({graph:Graphdims_get()}, {size, #edges})
local i, e = graph:Graph_get()
check.eq({i, #e, e[1], e[#e]}, {index, #edges, edges[1], edges[#edges]})
local mine = graph:Graph_neighbors(rank)
check.eq({#mine, mine[1], mine[per]}, {per, edges[rank * per + 1], edges[(rank + 1) * per]})
graph:free()

-- a graph of which each tells its part, with as many sources and destinations
local many, weights = {}, {}
for k = 1, 100000 do many[k], weights[k] = rank, k end
local own = mpi.Dist_graph_create_adjacent(many, weights, many, weights)
local sources, sw, dests, dw = own:Dist_graph_neighbors()
check.eq({#sources, #sw, #dests, #dw, sw[100000], dw[99999]}, {100000, 100000, 100000, 100000, 100000, 99999})
own:free()

-- grids of many dimensions; what has no grid
local ones, flat = {}, {}
for d = 1, 300 do ones[d], flat[d] = d == 7 and size or 1, false end
local grid = mpi.Cart_create(ones, flat, false, comm)
local dims, rings, coords = grid:Cart_get()
check.eq({#dims, #rings, #coords, dims[7], coords[7]}, {300, 300, 300, size, rank})
check.eq(#grid:Cart_coords(size - 1), 300)
check.eq(mpi.Cart_rank(coords, grid), rank)
grid:free()
for _, name in ipairs{"Cart_get", "Cartdim_get", "Graph_get", "Graphdims_get", "Dist_graph_neighbors"} do
  check.fails("_create has made expected", mpi[name], comm)
end
local all = {}
for r = 1, 100000 do all[r] = r % size end
local back = mpi.Group_translate_ranks(comm:group(), all, comm:group())
check.eq({#back, back[100000]}, {100000, 100000 % size})
check.eq(mpi.Dims_create(size, {size, 0, 0}), {size, 1, 1})

-- texts as long as they can be
local info = mpi.Info_create()
for _, n in ipairs{1, 100, 255} do
  info:set("key", ("v"):rep(n))
  check.eq({info:get("key")}, {true, ("v"):rep(n)})
  check.eq({info:get_valuelen("key")}, {true, n})
end
check.eq({info:get("nothing")}, {false})
check.fails("characters at most expected, got 100000", mpi.Info_set, info, "key", ("v"):rep(100000))
check.fails("zero byte", mpi.Info_set, info, "key", "a\0b")
local dup = comm:dup()
dup:set_name(("n"):rep(10000))
assert(#dup:get_name() >= 32 and #dup:get_name() < 10000)
dup:free()

-- attributes are those of the standard, whose values are numbers
check.eq({comm:get_attr(mpi.TAG_UB)}, {true, mpi.Comm_get_attr(mpi.TAG_UB) and select(2, mpi.Comm_get_attr(mpi.TAG_UB))})
for key = 1000, 1050 do check.fails("bad argument #1 'keyval'", mpi.Comm_get_attr, key) end

-- lists that C reads are as long as it takes them to be
check.fails("300 edges expected", mpi.Graph_create, size == 1 and {300} or {300, 300, 300, 300}, {0}, false, comm)
check.fails("is less than the one before", mpi.Graph_create, {2, 1}, {0, 0}, false, comm)
check.fails("coordinates expected", mpi.Cart_rank, {0, 0}, mpi.Cart_create({size}, {false}, false, comm))
check.fails("entries expected", mpi.Cart_sub, {}, mpi.Cart_create({size}, {false}, false, comm))
check.fails("list of 1 expected", mpi.Dist_graph_create, {rank}, {1, 1}, {0, 0}, nil)
check.fails("2 destinations expected", mpi.Dist_graph_create, {rank}, {2}, {0}, nil)
check.fails("1 weights expected", mpi.Dist_graph_create, {rank}, {1}, {0}, {1, 2})
check.fails("1 weights expected", mpi.Dist_graph_create_adjacent, {rank}, {}, {rank}, {1})

-- packing writes what there is room for, whatever type says of the room
local box = array.zeros(8, "uint8")
local none = mpi.Type_create_resized(mpi.DOUBLE, 0, 1):commit()
check.fails("array expected", mpi.Pack, array.zeros(100), {box, 1, none})
check.fails("array expected", mpi.Unpack, {box, 1, none}, array.zeros(100))
check.fails("ERR_TRUNCATE", mpi.Pack, array.zeros(2), box)
check.fails("ERR_TRUNCATE", mpi.Unpack, box, array.zeros(2))

collectgarbage()
for i = 1, 500 do check.eq(keep[i], {i, tostring(i)}) end
mpi.Barrier()

-- lists that were filled in any order hold what they hold; keys that no list has are refused
local function backwards(n, f)
  local t = {}
  for i = n, 1, -1 do t[i] = f(i) end
  return t
end
local function evenfirst(n, f)
  local t = {}
  for i = 2, n, 2 do t[i] = f(i) end
  for i = 1, n, 2 do t[i] = f(i) end
  return t
end
for _, fill in ipairs{backwards, evenfirst} do
  local odd = fill(99, function(i) return 2 * i - 1 end)
  check.elements(array.from(odd), 99, function(i) return 2 * i - 1 end)
  check.eq(mpi.Type_size(mpi.Type_indexed(fill(99, function() return 1 end), odd, mpi.DOUBLE)), 99 * 8)
  check.eq(comm:scatter(rank == 0 and fill(size, function(i) return i * 10 end) or nil), (rank + 1) * 10)
  check.eq(comm:alltoall(fill(size, function(i) return {rank, i} end))[size], {size - 1, rank + 1})
  local counts = fill(size, function(i) return i end)
  local got = array.zeros(size * (size + 1) / 2)
  comm:Allgatherv(array.full(rank + 1, rank), got, counts)
  check.eq({got[1], got[#got]}, {0, size - 1})
  local requests = fill(20, function(i)
    return i % 2 == 0 and comm:Isend(array.full(1, i), rank, i) or comm:Irecv(array.zeros(1), rank, i + 1)
  end)
  mpi.Waitall(requests)
end
local missing = "this table has the key "
check.fails(missing .. '"x"', array.from, {1, 2, x = 3})
check.fails("row 2: list expected, with keys from 1: " .. missing .. "0", array.from, {{1, 2}, {[0] = 0, 1, 2}})
check.fails(missing .. "0", function() array.zeros(2):assign{[0] = 1, 2, 3} end)
check.fails(missing .. "0", mpi.Type_indexed, {[0] = 1, 2}, {1, 2}, mpi.DOUBLE)
check.fails(missing .. "0", mpi.Type_indexed, {1, 2}, {[0] = 1, 2, 3}, mpi.DOUBLE)
check.fails(missing .. '"a"', mpi.Type_create_struct, {1}, {0}, {mpi.DOUBLE, a = mpi.DOUBLE})
check.fails(missing .. '"late"', mpi.Waitall, {late = mpi.REQUEST_NULL})
check.fails(missing .. "0", mpi.Group_incl, comm:group(), {[0] = 0})
check.fails(missing .. "1000000000", mpi.Group_incl, comm:group(), {[1e9] = 0})
check.fails("entry 2: ", mpi.Group_incl, comm:group(), {0, nil, 0})
if rank == 0 then check.fails(missing .. "0", mpi.scatter, {[0] = 1}, 0, mpi.COMM_SELF) end
