-- Communicators and windows first, where the standard has them first.
local mpi, array, check = require "mpi", require "array", require "check"
local comm, rank, size = check.comm, check.rank, check.size
local right, left = (rank + 1) % size, (rank - 1) % size

local function members(c) local list = c:allgather(rank) c:free() return list end
local reversed = {}
for r = size - 1, 0, -1 do reversed[#reversed + 1] = r end
check.eq(members(mpi.Comm_split(comm, 0, -rank)), reversed)
check.eq(members(mpi.Comm_split(comm, 0)), check.range(0, size - 1))
check.eq(members(mpi.Comm_split(0, -rank, comm)), reversed)
check.eq(members(mpi.Comm_split(0, -rank)), reversed)
check.eq(members(mpi.Comm_create(comm, comm:group())), check.range(0, size - 1))
check.eq(members(mpi.Comm_create_group(comm, comm:group(), 3)), check.range(0, size - 1))
check.eq(#members(mpi.Comm_split_type(comm, mpi.COMM_TYPE_SHARED)), size)
check.eq(#members(mpi.Comm_split_type(comm, mpi.COMM_TYPE_SHARED, -rank, mpi.INFO_NULL)), size)
check.eq(mpi.Comm_get_attr(comm, mpi.TAG_UB), true)
local dup = mpi.Comm_dup_with_info(comm, mpi.Info_create())
mpi.Comm_set_name(dup, "first")
check.eq({dup:get_name(), mpi.Comm_get_name(dup)}, {"first", "first"})
mpi.Comm_set_info(dup, mpi.Info_create())
check.fails("takes 3 arguments at most", mpi.Comm_split, comm, 0, 0, comm)
check.fails("bad argument #2 'color' to 'Comm_split'", mpi.Comm_split, comm, "red")
check.fails("bad argument #3 'key' to 'Comm_split'", mpi.Comm_split, comm, 0, "red")
check.fails("bad argument #2 'color'", mpi.Comm_split, comm)
check.fails("whole number expected, got communicator", comm.split, comm, comm, 0)
mpi.Comm_free(dup)
check.fails("the communicator was freed", mpi.Comm_split, dup, 0)

if size >= 2 then
  local side = mpi.Comm_split(comm, rank % 2, rank)
  local inter = mpi.Intercomm_create(side, 0, comm, 1 - rank % 2, 7)
  check.eq(inter:remote_size() + inter:size(), size)
  check.eq(#members(mpi.Intercomm_merge(inter, rank % 2 == 1)), size)
  inter:free()
  side:free()
end

local line = mpi.Cart_create(comm, {size}, {true})
check.eq(mpi.Cart_rank(line, {right}), right)
check.eq(mpi.Cart_coords(line, left), {left})
check.eq({mpi.Cart_shift(line, 0, 1)}, {left, right})
check.eq(#members(mpi.Cart_sub(line, {true})), size)
check.eq(type(mpi.Cart_map(comm, {size}, {true})), "number")
line:free()
local index, edges = {}, {}
for r = 1, size do index[r], edges[r] = r, r % size end
local graph = mpi.Graph_create(comm, index, edges, false)
check.eq({mpi.Graph_neighbors_count(graph, rank), mpi.Graph_neighbors(graph, rank)}, {1, {right}})
check.eq(type(mpi.Graph_map(comm, index, edges)), "number")
graph:free()
for k, ring in ipairs{mpi.Dist_graph_create_adjacent(comm, {left}, nil, {right}, nil, mpi.INFO_NULL, false), mpi.Dist_graph_create(comm, {rank}, {1}, {right})} do
  local sources, _, dests = ring:Dist_graph_neighbors()
  check.eq({sources, dests}, {{left}, {right}}, k)
  ring:free()
end

-- windows: the functions that have them first
local win, mem = mpi.Win_allocate_shared(1, "float64", comm)
mpi.Win_set_name(win, "shared")
check.eq(mpi.Win_get_name(win), "shared")
mpi.Win_set_info(win, mpi.Info_create())
win:fence()
mem[1] = rank
win:fence()
check.eq(mpi.Win_shared_query(win, right)[1], right)
check.eq(mpi.Win_shared_query(left, win)[1], left)
win:fence()
win:free()
local open = mpi.Win_create_dynamic(comm)
local own = array.zeros(3)
mpi.Win_attach(open, own)
mpi.Win_detach(open, own)
open:free()

-- a file
local name = mpi.bcast(mpi.Comm_rank() == 0 and os.tmpname() or nil, 0)
local f = mpi.File_open(comm, name, mpi.MODE_WRONLY + mpi.MODE_CREATE)
f:close()
comm:Barrier()
if rank == 0 then mpi.File_delete(name) end

-- habits
local t = mpi.Type_vector(2, 1, 2, mpi.DOUBLE):commit()
check.eq({mpi.Type_size(t), mpi.Type_commit(t) == t}, {16, true})
check.eq(mpi.TWOINT == mpi["2INT"], true)
check.eq({tostring(mpi.TWOINT), mpi.TWOINT:size()}, {"mpi.TWOINT", 8})
check.eq(mpi.help("TWOINT"):find("MPI_2INT", 1, true) ~= nil, true)
local a, forgotten = array.range(1, 4), nil
check.fails("the third of {array, count, type} is nil", mpi.Send, {a, 2, forgotten}, 0)
check.fails("the third of {array, count, type} is nil", mpi.Bcast, {a, nil, forgotten}, 0)
local b = array.zeros(4)
mpi.Sendrecv({a, 2}, right, 0, {b, 2, mpi.DOUBLE}, left, 0)
check.eq(b:totable(), {1, 2, 0, 0})
mpi.Sendrecv({a, count = 1, type = mpi.DOUBLE}, right, 0, {b, nil, mpi.DOUBLE}, left, 0)
