-- Elements: reading, writing, and what is refused.
local a = array.from({10, 20, 30, 40, 50})
print(#a, a[1], a[5], a:type()) --> 5	10	50	float64
a[2] = 2.5
print(a[2], a) --> 2.5	float64 array of 5 {10, 2.5, 30, 40, 50}
local _ = a[0] --! float64 array of 5: index 0 is out of range \(1 to 5\)
local _ = a[6] --! float64 array of 5: index 6 is out of range \(1 to 5\)
local _ = a[1.5] --! float64 array of 5: index 1\.5 is no whole number
local _ = a[0/0] --! float64 array of 5: index nan is no whole number
local _ = a[true] --! float64 array of 5: whole number as index expected, got boolean
local _ = a.length --! float64 array of 5 has no method 'length'
local _ = a:summ() --! float64 array of 5 has no method 'summ': did you mean 'sum'\?
a[6] = 1 --! float64 array of 5: index 6 is out of range \(1 to 5\)
a.x = 1 --! float64 array of 5: cannot write field 'x': elements have numbers
a[1] = "1" --! float64 array of 5: index 1: number expected, got string
a[1] = nil --! float64 array of 5: index 1: number expected, got nil
a[1] = {} --! float64 array of 5: index 1: number expected, got table
a[1] = array.complex(1, 2) --! float64 array of 5: index 1: 1\+2i has an imaginary part
a[1] = array.complex(7)
print(a[1]) --> 7
local _ = array.zeros(0)[1] --! float64 array of 0: index 1 is out of range \(it is empty\)

-- Ranges of the types.
local u8 = array.zeros(3, "uint8")
u8[3] = 255
u8[3] = 300 --! uint8 array of 3: index 3: 300 is out of range \(0 to 255\)
u8[3] = -1 --! uint8 array of 3: index 3: -1 is out of range \(0 to 255\)
print(u8[3]) --> 255
local i32 = array.zeros(2, "int32")
i32[1] = 1.5 --! int32 array of 2: index 1: 1\.5 is no whole number
i32[1] = 0/0 --! int32 array of 2: index 1: nan is no whole number
i32[1] = 1/0 --! int32 array of 2: index 1: inf is no whole number
i32[1] = 2^31 --! int32 array of 2: index 1: 2147483648 is out of range \(-2147483648 to 2147483647\)
i32[1] = -2^31
print(i32[1]) --> -2147483648
local f32 = array.zeros(1, "float32")
f32[1] = 1e39 --! float32 array of 1: index 1: 1e\+39 is out of range \(-3.4e38 to 3.4e38\)
f32[1] = 1/0
print(f32[1]) --> inf
f32[1] = 0.1
print(f32:tostring(1), f32[1] == 0.1) --> 0.1	false
local b = array.zeros(2, "bool")
b[2] = true
print(b[1], b[2]) --> false	true
b[1] = 1 --! bool array of 2: index 1: true or false expected, got number
local c = array.zeros(2, "complex64")
c[1] = array.complex(1, -2)
c[2] = 3
print(c[1], c[2]) --> 1-2i	3+0i
c[1] = "x" --! complex64 array of 2: index 1: number or array.complex expected, got string

-- 64-bit integers beyond what a number holds.
local i64 = array.zeros(3, "int64")
i64[1] = 2^53
print(i64[1] == 2^53) --> true
i64[1] = "9007199254740993"
print(i64:tostring(1)) --> 9007199254740993
local _ = i64[1] --! int64 array of 3: index 1: 9007199254740993 is beyond 2\^53, where numbers are not exact: use a:tostring\(1\)
i64[1] = "-9223372036854775808"
print(i64:tostring(1), i64 == array.from({-2^63, 0, 0}, "int64")) --> -9223372036854775808	true
i64[1] = "9223372036854775808" --! int64 array of 3: index 1: "9223372036854775808" is no whole number from -9223372036854775808 to 9223372036854775807
i64[1] = 2^63 --! int64 array of 3: index 1: 9223372036854775808 is out of range
i64[1] = -2^63
local u64 = array.zeros(1, "uint64")
u64[1] = "18446744073709551615"
print(u64:tostring()) --> {18446744073709551615}
local _ = u64[1] --! beyond 2\^53
u64[1] = 2^64 --! uint64 array of 1: index 1: 18446744073709551616 is out of range
u64[1] = "-1" --! uint64 array of 1: index 1: "-1" is no whole number from 0 to 18446744073709551615
i32[1] = "5" --! int32 array of 2: index 1: number expected, got string

-- Matrices.
local m = array.matrix(2, 3, "int16")
m:set(2, 3, 7)
print(m:at(2, 3), m[6], #m, m:shape()) --> 7	7	6	2	3
m:at(3, 1) --! bad argument #1 'i' to 'at' \(int16 matrix of 2x3: index 3 is out of range \(1 to 2\)\)
m:at(1, 4) --! bad argument #2 'j' to 'at' \(int16 matrix of 2x3: index 4 is out of range \(1 to 3\)\)
m:set(2, 3, 1e6) --! int16 matrix of 2x3: row 2, column 3: 1000000 is out of range \(-32768 to 32767\)
a:at(1, 1) --! bad self to 'at' \(matrix expected, got float64 array of 5: see a:reshape\(rows, cols\)\)
a.sum() --! bad self to 'sum' \(array expected, got nil: write a:sum\(\[dim\]\)\)
a.view(3, 1) --! bad self to 'view' \(array expected, got number: write a:view\(first \[, count\]\)\)
