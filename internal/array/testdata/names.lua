-- Fields that the module does not have.
local _ = array.int32 --! names.lua:2: array has no field 'int32': types are named by strings: "int32"$
local _ = array.zeros(3, array.float64) --! array has no field 'float64': types are named by strings: "float64"$
local _ = array.double --! array has no field 'double': types are named by strings: "float64"$
array.zerso(3) --! array has no field 'zerso': did you mean array.zeros\?$
array.arange(3) --! array has no field 'arange': array.range\(a, b\) is a, a\+1, … up to b$
array.svd(array.eye(2)) --! array has no field 'svd': did you mean array.linalg.svd\?$
array.quetzalcoatl() --! array has no field 'quetzalcoatl'$
print(array[1], rawget(array, "int32"), require "array" == array) --> nil	nil	true
local known = 0
for name, value in pairs(array) do known = known + (type(name) == "string" and value ~= nil and 1 or 0) end
print(known > 60, next(array) ~= nil) --> true	true

-- Methods as they are called elsewhere.
local a = array.range(1, 6)
a:astype("int32") --! float64 array of 6 has no method 'astype': a:to\(type\) gives a copy of another type$
print(a:len()) --! float64 array of 6 has no method 'len': #a is the number of elements$
print(a.size) --! float64 array of 6 has no method 'size': #a is the number of elements$
print(a.dtype) --! float64 array of 6 has no method 'dtype': a:type\(\) is the name of the element type$
a:append(3) --! float64 array of 6 has no method 'append': the length of an array never changes: collect values in a table, then array.from\(list\)$
a:tolist() --! float64 array of 6 has no method 'tolist': a:totable\(\) makes a table of it$
a:smu() --! float64 array of 6 has no method 'smu': did you mean 'sum'\?$
a:quetzalcoatl() --! float64 array of 6 has no method 'quetzalcoatl'$

-- Matrices where vectors are made.
array.zeros(3, 3) --! bad argument #2 'type' to 'zeros' \(name of a type expected, got number: a matrix is array.zeros{rows, cols}\)$
array.ones(3, 3) --! bad argument #2 'type' to 'ones' \(name of a type expected, got number: a matrix is array.ones{rows, cols}\)$
array.full(3, 3, 7) --! bad argument #3 'type' to 'full' \(name of a type expected, got number: a matrix is array.full\({rows, cols}, value\)\)$
array.eye(3, 3) --! bad argument #2 'type' to 'eye' \(name of a type expected, got number\)$
