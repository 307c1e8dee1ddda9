-- Names that other interfaces to MPI have: the error says what they are here.
local mpi, array, check = require "mpi", require "array", require "check"
local comm = mpi.COMM_WORLD
local group, status = comm:group(), select(2, mpi.Iprobe(mpi.PROC_NULL))
comm:Get_rank() --! attempt to call method 'Get_rank' \(a nil value\): did you mean comm:rank\?
comm:Get_size() --! did you mean comm:size\?
comm.Get_size() --! did you mean comm:size\?
mpi.COMM_WORLD:Get_rank() --! did you mean mpi.COMM_WORLD:rank\?
local n = comm.rank + 1 --! attempt to perform arithmetic on field 'rank' \(a function value\): it is a method: write comm:rank\(\)
for i = 1, mpi.COMM_WORLD.size do end --! 'for' limit must be a number: 'mpi.COMM_WORLD.size' is a method: write mpi.COMM_WORLD:size\(\)
if comm.size > 1 then end --! 'comm.size' is a method: write comm:size\(\)
local s = "rank " .. comm.rank --! it is a method: write comm:rank\(\)
comm:Create_cart({1}, {true}) --! did you mean comm:Cart_create\?
comm:Split(0, 0) --! did you mean comm:split\?
comm:Dup() --! did you mean comm:dup\?
comm:Clone() --! did you mean comm:dup\?
comm:Get_group() --! did you mean comm:group\?
comm:Is_inter() --! did you mean comm:test_inter\?
comm:barrier() --! did you mean comm:Barrier\?
group:Get_size() --! did you mean group:size\?
group:Incl{0} --! did you mean group:incl\?
local s = status.Source --! a status has no field 'Source': did you mean 'source'\?
local s = status.cancelled --! a status has no field 'cancelled': it has source, tag, error
status:Get_source() --! did you mean status.source\?
mpi.INT:Create_vector(1, 1, 1) --! did you mean mpi.Type_vector\?
mpi.INT:Commit() --! did you mean mpi.INT:commit\?
mpi.INT:Get_size() --! did you mean mpi.INT:size\?
mpi.rank() --! mpi has no function 'rank': did you mean mpi.Comm_rank\?
mpi.Get_size() --! mpi has no function 'Get_size': did you mean mpi.Comm_size\?
mpi.Is_initialized() --! did you mean mpi.Initialized\?
mpi.Compute_dims(4, 2) --! did you mean mpi.Dims_create\?
mpi.File.Open("x") --! mpi has no field 'File': did you mean mpi.File_open\?
mpi.world:rank() --! did you mean mpi.COMM_WORLD\?
mpi.MPI_Send(1) --! mpi has no function 'MPI_Send': did you mean mpi.Send\?
-- each of them is there
for _, object in ipairs{comm, group, status, mpi.INT} do
  for other, is in pairs(getmetatable(object).__meant) do
    if is:sub(1, 1) == "." then
      check.eq(type(object[is:sub(2)]), "number", is)
    elseif is:sub(1, 4) == "mpi." then
      check.eq(type(mpi[is:sub(5)]), "function", is)
    else
      check.eq(type(object[is]), "function", is)
    end
    if object ~= status then check.eq(object[other], nil, other) end
  end
end
-- arrays are no tables
for _ in ipairs(array.zeros(1)) do end --! bad argument #1 to 'ipairs' \(table expected, got userdata: an array is walked by a:each\(\), and a:totable\(\) makes a table of it\)
for _ in pairs(array.zeros(1)) do end --! table expected, got userdata: an array is walked
table.concat(array.zeros(1)) --! table expected, got userdata: an array is walked
unpack(array.zeros(1)) --! bad argument #1 to 'unpack' \(table expected, got userdata: an array is walked
math.sin(array.zeros(1)) --! bad argument #1 to 'sin' \(number expected, got userdata: an array: use its methods, as in a:sin\(\) and a:max\(\), or a:map\(f\)\)
math.max(array.zeros(1), 1) --! bad argument #1 to 'max' \(number expected, got userdata: an array
("x"):rep(mpi.COMM_WORLD) --! number expected, got userdata: a communicator\)
local a = array.zeros(2)
if a > 1 then end --! attempt to compare number with userdata: 'a' is a float64 array of 2: a:lt\(b\), a:le\(b\), a:gt\(b\) and a:ge\(b\) compare each element
if a < a then end --! attempt to compare two userdata values: 'a' is a float64 array of 2: a:lt\(b\)
-- methods of objects are called with ':'
local r = mpi.Isend(a, mpi.PROC_NULL)
r.wait() --! bad argument #1 'request' to 'Wait' \(request expected, got nil: methods are called with ':', as in comm:rank\(\)\)
r:wait()
mpi.Wait(nil) --! request expected, got nil\)$
-- names that modules do not have
local x = array.int32 --! array has no field 'int32': types are named by strings: "int32"
