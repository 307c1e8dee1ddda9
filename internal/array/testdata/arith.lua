-- Types of results.
local function t(x) return x:type() end
local function z(type) return array.ones(2, type) end
print(t(z"int8" + z"int8"), t(z"int8" + z"int16"), t(z"uint8" + z"int8"), t(z"uint32" + z"int8")) --> int8	int16	int16	int64
print(t(z"int32" / z"int32"), t(z"int32" ^ 2), t(z"float32" / 2), t(z"int32" * 0.5)) --> float64	float64	float32	float64
print(t(z"int16" + z"float32"), t(z"int32" + z"float32"), t(z"float32" * z"float64")) --> float32	float64	float64
print(t(z"complex64" + z"float32"), t(z"complex64" + z"float64"), t(z"complex64" + z"int32")) --> complex64	complex128	complex128
print(t(z"bool" + z"int8"), t(z"bool" * z"bool"), t(z"bool" + 1), t(-z"bool")) --> int8	float64	float64	float64
print(t(z"float32" * array.complex(0, 1)), t(z"int8" * array.complex(0, 1))) --> complex64	complex128
local _ = z"int64" + z"uint64" --! int64 array of 2 \+ uint64 array of 2: int64 and uint64 have no common type
local _ = z"int64" + array.ones(3) --! int64 array of 2 \+ float64 array of 3: int64 array of 2 and float64 array of 3 differ in shape
local _ = array.zeros(6) + array.matrix(2, 3) --! float64 array of 6 and float64 matrix of 2x3 differ in shape
local _ = z"int64" + "1" --! int64 array of 2 \+ string: array or number expected, got string
local _ = {} * z"int64" --! table \* int64 array of 2: array or number expected, got table
local _ = z"uint8" + 300 --! uint8 array of 2 \+ 300: 300 is out of range \(0 to 255\)

-- Overflow and division of integers.
local a = array.from({1, 100, 127}, "int8")
local _ = a + 1 --! int8 array of 3: index 3: 127 \+ 1 is out of range \(-128 to 127\)
local _ = a * a --! int8 array of 3: index 2: 100 \* 100 is out of range \(-128 to 127\)
local _ = -array.from({-128}, "int8") --! int8 array of 1: index 1: -\(-128\) is out of range
local _ = array.from({-128}, "int8"):abs() --! abs\(-128\) is out of range
local _ = array.from({1}, "uint8") - 2 --! uint8 array of 1: index 1: 1 - 2 is out of range \(0 to 255\)
local _ = 2 - array.from({1, 3}, "uint8") --! uint8 array of 2: index 2: 2 - 3 is out of range
local _ = a % 0 --! int8 array of 3: index 1: division of 1 by zero
local _ = a:idiv(0) --! int8 array of 3: index 1: division of 1 by zero
local _ = array.from({-128}, "int8"):idiv(-1) --! -128 idiv -1 is out of range
print((a / 0):tostring(), (a - 2):tostring()) --> {inf, inf, inf}	{-1, 98, 125}
print(array.from({7, -7}, "int32") % 3, array.from({7, -7}, "int32"):idiv(-2)) --> int32 array of 2 {1, 2}	int32 array of 2 {-4, 3}
print(array.from{5.5, -5.5} % 2, array.from{5.5, -5.5}:idiv(2)) --> float64 array of 2 {1.5, 0.5}	float64 array of 2 {2, -3}
print(array.from{2, 3} ^ array.from{3, -1}, 2 ^ array.from{0.5}) --> float64 array of 2 {8, 0.333333}	float64 array of 1 {1.41421}
local _ = array.ones(1, "complex64") % 2 --! complex64 has no '%'

-- In place.
local y = array.from{1, 2, 3}
local alias = y
print(y:axpy(2, array.ones(3)) == alias, y) --> true	float64 array of 3 {3, 4, 5}
print(y:scale(0.5), alias) --> float64 array of 3 {1.5, 2, 2.5}	float64 array of 3 {1.5, 2, 2.5}
y:axpy(1, array.ones(2)) --! bad argument #2 'x' to 'axpy' \(float64 array of 3 and float64 array of 2 differ in shape\)
y:axpy(1, array.ones(3, "complex64")) --! bad argument #2 'x' to 'axpy' \(a complex64 array of 3 cannot be added to a float64 array of 3 in place\)
y:axpy("x", y) --! bad argument #1 'alpha' to 'axpy' \(float64 array of 3: number expected, got string\)
local i = array.from({1, 2, 100}, "int8")
i:axpy(2, i) --! axpy: int8 array of 3: index 3: 2 \* 100 is out of range
i:axpy(1, i) --! axpy: int8 array of 3: index 3: 100 \+ 100 is out of range
print(i:axpy(-1, i), i:scale(3)) --> int8 array of 3 {0, 0, 0}	int8 array of 3 {0, 0, 0}
-- Overlapping views: as if the source were a copy.
local o = array.from{1, 2, 3, 4}
o:view(2, 3):axpy(1, o:view(1, 3))
print(o) --> float64 array of 4 {1, 3, 5, 7}
o:view(2, 3):assign(o:view(1, 3))
print(o) --> float64 array of 4 {1, 1, 3, 5}
array.zeros(2, "bool"):axpy(true, array.zeros(2, "bool")) --! bad self to 'axpy' \(a bool array of 2 has no arithmetic\)

-- Comparison.
local v = array.from{1, 2, 0/0}
print(v:lt(2), v:ge(2), v:ne(v)) --> bool array of 3 {true, false, false}	bool array of 3 {false, true, false}	bool array of 3 {false, false, true}
print(array.from({1, 255}, "uint8"):lt(300), array.from({1, 255}, "uint8"):gt(0.5), array.from({1, 255}, "uint8"):eq(-1)) --> bool array of 2 {true, true}	bool array of 2 {true, true}	bool array of 2 {false, false}
print(array.from({"9223372036854775807"}, "int64"):eq(2^63), array.from({"9223372036854775807"}, "int64"):lt(2^63)) --> bool array of 1 {false}	bool array of 1 {true}
print(array.from{true, false}:eq(true), array.from{true, false}:all(), array.from{true, false}:any()) --> bool array of 2 {true, false}	false	true
v:lt("x") --! bad argument #1 'b' to 'lt' \(array or number expected, got string\)
array.ones(1, "complex64"):lt(2) --! complex numbers have no order
print(array.ones(2, "complex64"):eq(1), array.ones(2, "complex64"):ne(array.complex(1, 1))) --> bool array of 2 {true, true}	bool array of 2 {true, true}

-- Equality on content, across types.
print(array.from({1, 2}, "int8") == array.from{1, 2}, array.from{1, 2} == array.from{1, 2.5}, array.from({1}, "int8") == array.from{1.5}) --> true	false	false
print(array.from({"9007199254740993"}, "int64") == array.from{2^53}, array.from({2^53}, "int64") == array.from{2^53}) --> false	true
print(array.from({"18446744073709551615"}, "uint64") == array.from({-1}, "int64")) --> false
print(array.zeros(4) == array.matrix(2, 2), array.from{true} == array.from{1}, array.from{0/0} == array.from{0/0}) --> false	true	false
print(array.from({1}, "complex64") == array.from({1}, "uint16"), array.from{0.1} == array.from({0.1}, "float32")) --> true	false

-- Complex numbers.
local c = array.complex(3, -4)
print(c, c:abs(), c.re, c.im, c:conj(), -c, c + 1, 1 - c, c * c, c / 2, c ^ 2) --> 3-4i	5	3	-4	3+4i	-3+4i	4-4i	-2+4i	-7-24i	1.5-2i	-7-24i
print(array.complex(0, 1) ^ 2, array.complex(0, 1) ^ -1, array.complex(4):sqrt(), array.complex(2) == array.complex(2, 0), array.complex(2) == 2) --> -1+0i	0-1i	2+0i	true	false
print(c == array.complex(3, -4), c ~= array.complex(3, 4), "z = " .. c, c .. "!") --> true	true	z = 3-4i	3-4i!
local _ = c % 2 --! 3-4i % 2: complex numbers have no '%'
local _ = c + {} --! cannot compute 3-4i \+ table
local _ = c.real --! complex number 3-4i has no field 'real': there are re, im
c.re = 1 --! complex number 3-4i does not change
local _ = array.complex("1") --! bad argument #1 're' to 'complex' \(number expected, got string\)
print(c * array.from{1, 2}, array.from{1, 2} - c) --> complex128 array of 2 {3-4i, 6-8i}	complex128 array of 2 {-2+4i, -1+4i}
local zs = array.from{array.complex(3, 4), 1}
print(zs, zs:abs(), zs:re(), zs:im(), zs:conj()) --> complex128 array of 2 {3+4i, 1+0i}	float64 array of 2 {5, 1}	float64 array of 2 {3, 1}	float64 array of 2 {4, 0}	complex128 array of 2 {3-4i, 1-0i}
print(zs:to"complex64":abs():type(), array.ones(2):im(), zs:dot(zs), zs:norm()) --> float32	float64 array of 2 {0, 0}	-6+24i	5.0990195135928
