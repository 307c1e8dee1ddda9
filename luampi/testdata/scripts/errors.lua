-- Wrong arguments: each line that ends in a mark raises an error that matches it.
local mpi, array, check = require "mpi", require "array", require "check"
local a, size = array.zeros(3), check.size
mpi.Bcast(3, 0) --! bad argument #1 'array' to 'Bcast' \(array expected, got number; mpi.bcast takes any value\)
mpi.Bcast(nil, 0) --! array expected, got nil
mpi.Bcast(a, 99) --! errors.lua:\d: bad argument #2 'root' to 'Bcast' \(rank 99 is not in a communicator of \d\)
mpi.Bcast(a, "x") --! bad argument #2 'root' to 'Bcast' \(rank expected, got string\)
mpi.Bcast(a, 0, 3) --! bad argument #3 'comm' to 'Bcast' \(communicator expected, got number\)
mpi.Bcast(a, 0, mpi.COMM_WORLD, 4) --! Bcast takes 3 arguments at most: mpi.Bcast\(array, \[root=0\], \[comm=COMM_WORLD\]\)
mpi.Send({a, 1, mpi.DOUBLE, ofset = 1}, 0) --! bad argument #1 'send' to 'Send' \({array, count, type} has no member 'ofset': did you mean 'offset'\?\)
mpi.Send({a, 1, mpi.DOUBLE, 2}, 0) --! {array, count, type, offset = n} has no member 4
mpi.Send({a, 1, cnt = 2}, 0) --! has no member
mpi.Comm_rank(mpi.COMM_WORLD, 5) --! Comm_rank takes 1 argument at most: mpi.Comm_rank\(\[comm=COMM_WORLD\]\)
local n = mpi.COMM_WORLD:size(5) --! Comm_size takes 1 argument at most
local t = mpi.Wtime(3) --! Wtime takes 0 arguments at most
mpi.Bcast(a, 0.5) --! bad argument #2 'root' to 'Bcast' \(whole number expected, got 0.5\)
mpi.Send(a, 1.5, 0) --! bad argument #2 'dest' to 'Send' \(whole number expected, got 1.5\)
mpi.Send(a, 0.1 * 3 / 0.3) --! whole number expected, got 1.0000000000000002
mpi.Recv(a, 0/0) --! bad argument #2 'source' to 'Recv' \(whole number expected, got NaN\)
mpi.Send(a, 0, 2.25) --! bad argument #3 'tag' to 'Send' \(whole number expected, got 2.25\)
mpi.Send(a, 0, 1/0) --! whole number up to 2\^53 expected, got \+Inf
mpi.send(1, 1.5) --! bad argument #2 'dest' to 'send' \(whole number expected, got 1.5\)
mpi.Comm_split(1.5) --! bad argument #1 'color' to 'Comm_split' \(whole number expected, got 1.5\)
mpi.Group_incl(mpi.COMM_WORLD:group(), {0, 1.5}) --! entry 2: whole number expected, got 1.5
mpi.Group_incl(mpi.COMM_WORLD:group(), {2^40}) --! entry 1: 1099511627776 does not fit a C int
mpi.Type_create_hindexed({1}, {0.5}, mpi.INT) --! entry 1: whole number expected, got 0.5
mpi.Type_create_resized(mpi.INT, 0, 0.5) --! whole number expected, got 0.5
mpi.Abort(1.5) --! bad argument #1 'code' to 'Abort' \(whole number expected, got 1.5\)
if size > 1 then mpi.allreduce(1.5, mpi.BAND) else mpi.Comm_split(1.5) end --! whole number expected, got 1.5
mpi.Bcast(mpi.IN_PLACE, 0) --! IN_PLACE is not allowed here
mpi.Send(a, -7) --! bad argument #2 'dest' to 'Send' \(rank -7 is not in a communicator
mpi.Send(a, mpi.ANY_SOURCE) --! bad argument #2 'dest'
mpi.Send(a, 0, -5) --! bad argument #3 'tag' to 'Send' \(tag -5 is not between 0 and \d+\)
mpi.Send(a, 0, mpi.ANY_TAG) --! bad argument #3 'tag'
mpi.Send(mpi.IN_PLACE, 0) --! IN_PLACE is not allowed here
mpi.Recv({}, 0) --! array expected, got table; mpi.recv takes any value
mpi.Recv(a, 0, "tag") --! tag expected, got string
mpi.COMM_WORLD:Send(a, size) --! bad argument #2 'dest' to 'Send'
mpi.COMM_WORLD.rank(3) --! communicator expected: call methods with ':'
mpi.Allreduce(a, 3) --! bad argument #2 'op' to 'Allreduce' \(op expected, got number\)
mpi.Allreduce(1, nil) --! bad argument #2 'op' to 'Allreduce' \(op expected, got nil\)
mpi.Allreduce(a, nil, nil) --! bad argument #2 'op' to 'Allreduce' \(op expected, got nil\)
mpi.Allreduce(a, array.zeros(3)) --! bad argument #3 'op' to 'Allreduce' \(op expected, got nil\)
mpi.Allreduce(a, nil, 7) --! bad argument #3 'op' to 'Allreduce' \(op expected, got number\)
mpi.Win_allocate(3, mpi.TWOINT) --! got the datatype mpi.TWOINT
mpi.Win_allocate(3, mpi.BYTE) --! bad argument #2 'type' to 'Win_allocate' \(type of arrays expected, such as "float64" or mpi.DOUBLE, got the datatype mpi.BYTE\)
mpi.Win_allocate(3, mpi.COMM_WORLD) --! type of arrays expected, such as "float64" or mpi.DOUBLE, got communicator
mpi.Win_allocate(3, "float") --! type of arrays expected, such as "float64" or mpi.DOUBLE, got "float"
mpi.Group_size(mpi.INT) --! group expected, got datatype
mpi.Group_size(io.stdout) --! group expected, got file
mpi.Allreduce(a, mpi.OP_NULL) --! op expected
mpi.Allreduce(a, mpi.BAND) --! mpi.BAND does not work on float64
mpi.Allreduce(array.zeros(1, "complex64"), mpi.MAX) --! mpi.MAX does not work on complex64
mpi.Allreduce(array.zeros(1, "bool"), mpi.SUM) --! mpi.SUM does not work on bool
mpi.Allreduce(a, mpi.REPLACE) --! mpi.REPLACE is no op of a reduction
mpi.Allreduce(a, mpi.MAXLOC) --! mpi.MAXLOC does not work on float64
mpi.Allreduce(0.5, mpi.BOR) --! BOR takes integers, got 0.5
mpi.Allreduce(true, mpi.SUM) --! number or array expected, got boolean
mpi.Allreduce("x", mpi.SUM) --! array expected, got string; mpi.allreduce takes any value
mpi.Allreduce(a, array.zeros(2), mpi.SUM) --! bad argument #2 'recv' to 'Allreduce' \(array of at least 3 elements expected, got 2\)
mpi.Allreduce(a, array.zeros(3, "int32"), mpi.SUM) --! float64 array expected as the other one, got int32
mpi.Allreduce(mpi.IN_PLACE, mpi.SUM) --! array expected: IN_PLACE has what to send there
mpi.Reduce_local(a, nil, mpi.SUM) --! array expected
mpi.Gatherv(a, nil, {1, 2, 3, 4, 5, 6, 7}, nil, mpi.Comm_rank()) --! \d counts expected, one for each rank, got 7
mpi.Allgatherv(a, nil, {-1, -1, -1, -1}, nil) --! counts? expected, one for each rank|the count of rank 0 is negative
mpi.Allgather(a, array.zeros(1 + 3 * size)) --! cut in|elements expected for
mpi.Wait(3) --! bad argument #1 'request' to 'Wait' \(request expected, got number\)
mpi.Waitall(mpi.REQUEST_NULL) --! list of requests expected, got request
mpi.Waitall{1} --! request expected, got number
mpi.Get_count(3, mpi.DOUBLE) --! status expected, got number
mpi.Group_incl(mpi.COMM_WORLD:group(), {99}) --! bad argument #2 'ranks' to 'Group_incl' \(entry 1: rank 99 is not in a group of \d\)
mpi.Group_incl(mpi.COMM_WORLD:group(), {"x"}) --! entry 1: whole number expected, got string
mpi.Group_size(3) --! group expected, got number
mpi.Comm_split("red") --! whole number expected, got string
mpi.Comm_split(2^40) --! does not fit a C int
mpi.Comm_free() --! communicator expected, got nil
mpi.Comm_set_name(3) --! string expected, got number
mpi.send() --! bad argument #2 'dest' to 'send' \(rank expected, got nil\)
mpi.recv(99) --! rank 99 is not in a communicator
mpi.allreduce(1, "SUM") --! bad argument #2 'op' to 'allreduce' \(op or function expected, got string\)
mpi.allreduce(1, mpi.REPLACE) --! mpi.REPLACE is no op of a reduction
-- errors are tables with a kind
local ok, err = pcall(mpi.Bcast, 3)
check.eq(err.kind, "argument")
-- after all that the communicator works
check.eq(mpi.Allreduce(1, mpi.SUM), size)
-- functions of the standard that are not there
mpi.Comm_spawn("a.out", 3) --! errors.lua:\d+: mpi.Comm_spawn is not offered by mpiclus-lua: start more workers with .*cluster.addprocs
local f = mpi.Open_port --! mpi.Open_port is not offered by mpiclus-lua
mpi.Bcast_init(a, 0) --! mpi.Bcast_init is not offered by mpiclus-lua: use mpi.Ibcast each time
if not (mpi.Get_version() >= 4) then mpi.Isendrecv() else error "needs MPI 4.0;" end --! needs MPI 4.0;
check.eq({rawget(mpi, "Comm_spawn"), mpi.Bcats, mpi[1]}, {})
assert(mpi.help("Comm_spawn"):find("Is not offered", 1, true))
