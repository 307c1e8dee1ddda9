local array = require "array"
local function bytes(path) local f = assert(io.open(path, "rb")) local s = f:read "*a" f:close() return s end
local function put(path, s) local f = assert(io.open(path, "wb")) f:write(s) f:close() end

-- Every type, shape, order and byte order, there and back.
for _, type in ipairs {"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64", "complex64", "complex128", "bool"} do
  for _, shape in ipairs {{0}, {1}, {7}, {2, 3}, {1, 4}, {4, 1}, {0, 3}} do
    local a = array.zeros(shape[1] * (shape[2] or 1), type)
    for i = 1, #a do
      if type == "bool" then a[i] = i % 3 == 0 else a[i] = i * 3 end
    end
    if shape[2] then a = a:reshape(shape[1], shape[2]) end
    for _, order in ipairs {"c", "fortran"} do
      for _, byteorder in ipairs {"native", "little", "big"} do
        a:save("a.npy", {order = order, byteorder = byteorder})
        local b = array.load "a.npy"
        assert(b == a and b:type() == type, tostring(a) .. tostring(b))
        a:save("raw.bin", {raw = true, order = order, byteorder = byteorder})
        assert(#bytes "raw.bin" == #a:tobytes())
      end
    end
  end
end

-- A file of several arrays.
local x, y = array.range(1, 6), array.eye(3, "int8")
array.savez("two.npz", {x = x, y = y})
local t = array.load "two.npz"
print(t.x == x, t.y == y, array.load("two.npz", {names = {"y"}}).x)  --> true	true	nil
array.savez("small.npz", {x = array.zeros(10000)}, {compress = true})
print(#bytes "small.npz" < 1000, #array.load("small.npz").x)  --> true	10000
x:save "one.npz"
print(array.load("one.npz").arr_0 == x)  --> true
array.savez("none.npz", {})
print(next(array.load "none.npz"))  --> nil
array.load("two.npz", {names = {"z"}})  --! load: two\.npz: it has no member "z": there are x, y
array.savez("x.npy", {x = x})           --! bad argument #1 'path' to 'savez' \(x\.npy does not end in \.npz\)
array.savez("x.npz", {x = 5})           --! bad argument #2 'arrays' to 'savez' \(x: array expected, got number\)
array.savez("x.npz", {x})               --! the key 1 is no name: write \{x = a, y = b\}
array.savez("x.npz", {["a/b"] = x})     --! "a/b" cannot be the name of a member
x:save("x.npz", {raw = true})
print(#bytes "x.npz")                   --> 48

-- Parts and other shapes.
local m = array.range(1, 12):reshape(4, 3)
m:save "m.npy"
print(array.load("m.npy", {rows = {2, 3}}):tostring(), array.load("m.npy", {rows = {4}}):tostring())  --> {{4, 5, 6}, {7, 8, 9}}	{{10, 11, 12}}
print(array.load("m.npy", {shape = {2, 6}}):tostring(), #array.load("m.npy", {shape = {12}}))  --> {{1, 2, 3, 4, 5, 6}, {7, 8, 9, 10, 11, 12}}	12
array.load("m.npy", {rows = {3, 5}})    --! rows 3 to 5: it has 4
array.load("m.npy", {rows = {2, 1}})    --! rows: \{first, last\} expected, or \{first\}, from 1
array.load("m.npy", {shape = {5, 2}})   --! it has the shape 4x3, which does not make 5x2
array.load("m.npy", {shape = {-1}})     --! shape: entry 1: whole number from 0 expected, got -1
array.load("m.npy", {offset = 8})       --! offset: it is for raw numbers, whose type the option type says
array.load("m.npy", {names = {"x"}})    --! an \.npy file has one array
m:save("f.npy", {order = "fortran"})
array.load("f.npy", {rows = {1, 2}})    --! it is in the order of Fortran, where a row is in no one place

-- Raw numbers.
put("raw.bin", "head\1\0\2\0\3\0")
print(array.load("raw.bin", {type = "int16", offset = 4}), array.load("raw.bin", {type = "int16", offset = 4, count = 2, byteorder = "big"}))  --> int16 array of 3 {1, 2, 3}	int16 array of 2 {256, 512}
print(array.load("raw.bin", {type = "uint8", offset = 4, shape = {2, 3}}):tostring())  --> {{1, 0, 2}, {0, 3, 0}}
array.from({7, 8}, "int16"):save("raw.bin", {raw = true, offset = 6})
print(bytes "raw.bin" == "head\1\0\7\0\8\0")  --> true
array.load("raw.bin", {type = "int32", offset = 4})           --! 6 bytes from byte 4 on are no whole number of int32 elements of 4 bytes
array.load("raw.bin", {type = "int32", count = 3})            --! 3 int32 elements from byte 0 on reach beyond its 10 bytes
array.load("raw.bin", {type = "int32", offset = 11})          --! offset 11: it has 10 bytes
array.load("raw.bin", {type = "int"})                         --! arrays have no type "int"
array.load("raw.bin", {type = "int8", rows = {1}})            --! raw numbers have neither names nor rows
array.load("raw.bin", {type = "int8", byteorder = "middle"})  --! byteorder: "middle" is none of native, little, big

-- Files that are none.
array.load "raw.bin"                    --! it is neither an \.npy nor an \.npz file: \{type = "float64"\} reads raw numbers
array.load "nothing.npy"                --! load: nothing\.npy: no such file or directory
array.load "."                          --! load: \. is a folder
x:save "x.dat"                          --! x\.dat ends neither in \.npy nor in \.npz: \{raw = true\} writes the numbers alone
x:save()                                --! bad argument #1 'path' to 'save' \(path expected, got nil\)
x.save()                                --! bad self to 'save' \(array expected
x:save("none/x.npy")                    --! save: none/x\.npy: no such file or directory
x:save("x.npy", {order = "f"})          --! order: "f" is none of c, fortran
local whole = bytes "m.npy"
put("cut.npy", whole:sub(1, -2))
array.load "cut.npy"                    --! it ends before the last of the float64 elements of the shape 4x3
put("long.npy", whole .. "x")
array.load "long.npy"                   --! there is more behind the elements of the array of shape 4x3
put("head.npy", whole:sub(1, 50))
array.load "head.npy"                   --! it ends inside of its header
put("cut.npz", bytes("two.npz"):sub(1, -10))
array.load "cut.npz"                    --! it is no whole \.npz file
local function head(s) put("h.npy", "\147NUMPY\1\0" .. string.char(#s % 256, math.floor(#s / 256)) .. s) return "h.npy" end
print(#array.load(head "{'shape': (0, ), 'fortran_order': False, 'descr': '<i8'}"), #array.load(head "{\"descr\": \"|b1\", 'fortran_order': False, 'shape': (0L,)}"))  --> 0	0
array.load(head "{'descr': '<f2', 'fortran_order': False, 'shape': (0,)}") --! numpy's type '<f2', which arrays do not have
array.load(head "{'descr': [('a', '<i4')], 'fortran_order': False, 'shape': (0,)}") --! its elements are records
array.load(head "{'descr': '|O', 'fortran_order': False, 'shape': (0,)}") --! type '\|O'
array.load(head "{'descr': '<f8', 'fortran_order': False, 'shape': (1, 2, 1, 1, 1, 1, 1, 3, 4)}") --! arrays have up to 8 dimensions here, the shape is 1x2x1x1x1x1x1x3x4: \{shape = \{rows, cols\}\} reads it as a matrix
array.load(head "{'descr': '<f8', 'fortran_order': False, 'shape': (9999999, 99999999)}") --! this machine has
array.load(head "{'descr': '<f8', 'fortran_order': False, 'shape': (999999999999, 99999999999)}") --! more elements than any machine has memory for
array.load(head "{'descr': '<f8', 'fortran_order': False, 'shape': (-1,)}") --! its header has the shape
array.load(head "{'descr': '<f8', 'fortran_order': False}") --! its header has no 'shape'
array.load(head "{'descr': '<f8', 'fortran_order': 1, 'shape': ()}") --! its header has no 'fortran_order'
array.load(head "{'descr': '<f8'") --! its header is no dictionary of Python's
array.load(head "__import__('os')") --! there is no value at "__import__\('os'\)"
array.load(head(("("):rep(1000))) --! more than 32 brackets
