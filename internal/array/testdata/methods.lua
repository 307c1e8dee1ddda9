-- Creation.
print(array.zeros(2), array.ones(2, "bool"), array.full(2, true), array.full(1, array.complex(1, 1))) --> float64 array of 2 {0, 0}	bool array of 2 {true, true}	bool array of 2 {true, true}	complex128 array of 1 {1+1i}
print(array.full(2, 7, "uint16"), array.eye(2, "int8"):tostring(), array.eye(1, "bool"):at(1, 1)) --> uint16 array of 2 {7, 7}	{{1, 0}, {0, 1}}	true
print(array.range(1, 4), array.range(5, 1, -2), array.range(2, 1), array.range(1, 3, 1, "int32")) --> float64 array of 4 {1, 2, 3, 4}	float64 array of 3 {5, 3, 1}	float64 array of 0 {}	int32 array of 3 {1, 2, 3}
print(array.range(0, 1, 0.1)[11], #array.range(0, 0.3, 0.1), #array.range(0, 0.25, 0.1)) --> 1	4	3
print(array.linspace(0, 1, 3), array.linspace(2, 3, 1), array.linspace(1, 2, 0)) --> float64 array of 3 {0, 0.5, 1}	float64 array of 1 {2}	float64 array of 0 {}
print(array.from{}, array.from({}, "int8"), array.from{array.complex(1)}, array.from{false}) --> float64 array of 0 {}	int8 array of 0 {}	complex128 array of 1 {1+0i}	bool array of 1 {false}
print(array.from(array.from{1, 2}, "int8"), array.matrix{{1, 2}, {3, 4}}:tostring(), array.matrix({{1}}, "int8"):type()) --> int8 array of 2 {1, 2}	{{1, 2}, {3, 4}}	int8
print(array.is(array.zeros(1)), array.is{}, array.is()) --> true	false	false
array.zeros(-1) --! bad argument #1 'n' to 'zeros' \(-1 is negative\)
array.zeros(1.5) --! bad argument #1 'n' to 'zeros' \(1\.5 is no whole number\)
array.zeros("3") --! bad argument #1 'n' to 'zeros' \(number expected, got string\)
array.zeros(3, "double") --! bad argument #2 'type' to 'zeros' \(no type 'double': there are int8, int16,
array.zeros(3, 8) --! bad argument #2 'type' to 'zeros' \(name of a type expected, got number: a matrix is array.zeros{rows, cols}\)
array.zeros(1e15) --! bad argument #1 'n' to 'zeros' \(1000000000000000 float64 elements need 8e\+06 GB, this machine has
array.matrix(1e10, 1e10) --! bad argument #2 'cols' to 'matrix' \(10000000000 x 10000000000 elements are more than any machine has\)
array.matrix(1e6, 1e9, "int8") --! bad argument #2 'cols' to 'matrix' \(1000000000000000 int8 elements need 1e\+06 GB
array.eye(1e9) --! bad argument #1 'n' to 'eye'
array.rand(1e15) --! bad argument #1 'n' to 'rand'
array.full(2, "x") --! bad argument #2 'value' to 'full' \(float64 array of 2: number expected, got string\)
array.from({1, 2, "x"}) --! float64 array of 3: index 3: number expected, got string
array.from({1, 300}, "uint8") --! uint8 array of 2: index 2: 300 is out of range \(0 to 255\)
array.from({1, {2}}) --! float64 array of 2: index 2: number expected, got table
array.from({{1, 2}, {3}}) --! bad argument #1 'list' to 'from' \(row 2 has 1 elements, row 1 has 2\)
array.from({{1, 2}, 3}) --! bad argument #1 'list' to 'from' \(row 2: table expected, got number\)
array.from({{1, 2}, {3, "x"}}) --! bad argument #1 'list' to 'from' \(row 2, column 2: number expected, got string\)
array.from(3) --! bad argument #1 'list' to 'from' \(table or array expected, got number\)
array.from(array.from{1.5}, "int8") --! bad argument #1 'list' to 'from' \(float64 array of 1: index 1: 1\.5 is no whole number\)
array.range(1, 2, 0) --! bad argument #3 'step' to 'range' \(0 leads nowhere\)
array.range(1, 1/0) --! bad argument #2 'b' to 'range' \(from 1 by 1 to inf is no range\)
array.range(0, 300, 100, "uint8") --! range: float64 array of 4: index 4: 300 is out of range \(0 to 255\)

-- Random numbers.
array.seed(42)
local r1 = array.rand(1000)
array.seed(42)
print(r1 == array.rand(1000), r1 == array.rand(1000), r1:min() >= 0, r1:max() < 1, math.abs(r1:mean() - 0.5) < 0.05) --> true	false	true	true	true
local rn = array.randn(100, 100)
print(rn:shape()) --> 100	100
print(math.abs(rn:mean()) < 0.1, math.abs(rn:std() - 1) < 0.1) --> true	true

-- Views share memory; copies do not.
local a = array.range(1, 6)
local v = a:view(3, 2)
v[1] = 30
print(a, v, a:view(5), #a:view(7)) --> float64 array of 6 {1, 2, 30, 4, 5, 6}	float64 array of 2 {30, 4}	float64 array of 2 {5, 6}	0
local c = a:copy()
c[1] = 0
print(a[1], a == c, a == a:copy()) --> 1	false	true
a:view(0, 1) --! bad argument #1 'first' to 'view' \(float64 array of 6: index 0 is out of range \(1 to 6\)\)
a:view(3, 5) --! bad argument #2 'count' to 'view' \(elements 3 to 7 reach beyond the float64 array of 6\)
a:view(3, -1) --! bad argument #2 'count' to 'view' \(-1 is negative\)
a:view(8) --! bad argument #1 'first' to 'view' \(float64 array of 6: index 8 is out of range
local m = a:reshape(2, 3)
m:set(1, 1, 10)
print(a[1], m:row(2), m:col(3), m:flat() == a, m:copy():shape()) --> 10	float64 array of 3 {4, 5, 6}	float64 array of 2 {30, 6}	true	2	3
m:row(1):fill(0)
print(a) --> float64 array of 6 {0, 0, 0, 4, 5, 6}
a:reshape(4, 2) --! bad argument #1 'rows' to 'reshape' \(a float64 array of 6 has no shape 4x2\)
m:row(3) --! bad argument #1 'i' to 'row' \(float64 matrix of 2x3: index 3 is out of range \(1 to 2\)\)
m:col(0) --! bad argument #1 'j' to 'col' \(float64 matrix of 2x3: index 0 is out of range \(1 to 3\)\)
print(m:t():tostring(), array.range(1, 2):t():tostring()) --> {{0, 4}, {0, 5}, {0, 6}}	{{1}, {2}}

-- Conversion.
print(array.from{1, 2}:to"uint8", array.from{1, 0}:to"bool", array.from{true}:to"complex64") --> uint8 array of 2 {1, 2}	bool array of 2 {true, false}	complex64 array of 1 {1+0i}
array.from{1, -1}:to"uint8" --! float64 array of 2: index 2: -1 is out of range \(0 to 255\)
array.from{2}:to"bool" --! float64 array of 1: index 1: 2 is neither 0 nor 1
array.from{array.complex(1, 1)}:to"float64" --! complex128 array of 1: index 1: 1\+1i has an imaginary part
array.from{1e300}:to"float32" --! float64 array of 1: index 1: 1e\+300 is out of range
array.from{1e300}:to"complex64" --! float64 array of 1: index 1: 1e\+300 is out of range
array.from({"9007199254740993"}, "int64"):totable() --! int64 array of 1: index 1: 9007199254740993 is beyond 2\^53
local tt = m:totable()
print(#tt, #tt[1], tt[2][3], #array.range(1, 5):totable()) --> 2	3	6	5
print(array.frombytes(m:tobytes()) == m:flat(), #array.ones(3, "int16"):tobytes()) --> true	6
array.frombytes("abc", "int16") --! bad argument #1 's' to 'frombytes' \(3 bytes are no whole number of int16 elements of 2 bytes\)
print(array.from({1, 2.5, 1/0, -1/0, 0/0, 1e-7, 123456.789, 1e22}):tostring()) --> {1, 2.5, inf, -inf, nan, 1e-07, 123456.789, 1e+22}
print(array.from({0.1}, "float32"):tostring(), array.from{0.1 + 0.2}:tostring()) --> {0.1}	{0.30000000000000004}

-- fill, assign, map, each.
print(array.zeros(2):fill(3), array.zeros(2):assign{4, 5}, array.zeros(2, "int8"):assign(array.from{6, 7})) --> float64 array of 2 {3, 3}	float64 array of 2 {4, 5}	int8 array of 2 {6, 7}
array.zeros(2):fill(nil) --! bad argument #1 'value' to 'fill' \(float64 array of 2: number expected, got nil\)
array.zeros(2):assign{1} --! bad argument #1 'source' to 'assign' \(a list of 1 does not fit a float64 array of 2\)
array.zeros(2):assign(array.zeros(3)) --! bad argument #1 'source' to 'assign' \(a float64 array of 3 does not fit a float64 array of 2\)
array.zeros(2, "int8"):assign(array.from{1, 1.5}) --! bad argument #1 'source' to 'assign' \(float64 array of 2: index 2: 1\.5 is no whole number\)
print(array.range(1, 3):map(function(x, i) return x * i end), array.range(1, 2):map(function(x) return x > 1 end, "bool")) --> float64 array of 3 {1, 4, 9}	bool array of 2 {false, true}
array.range(1, 2):map(function(x) end) --! float64 array of 2: index 1: number expected, got nil
array.range(1, 2):map(3) --! bad argument #1 'f' to 'map' \(function expected, got number\)
local sum = 0
for i, x in array.range(10, 30, 10):each() do sum = sum + i * x end
print(sum) --> 140

-- Sorting.
local nan = 0/0
print(array.from{3, nan, 1, 2}:sort(), array.from{3, nan, 1, 2}:sort("desc")) --> float64 array of 4 {1, 2, 3, nan}	float64 array of 4 {3, 2, 1, nan}
print(array.from{3, 1, 2}:sort(function(x, y) return x > y end), array.from({true, false}):sort()) --> float64 array of 3 {3, 2, 1}	bool array of 2 {false, true}
print(array.from{3, nan, 1, 3}:argsort(), array.from{3, nan, 1, 3}:argsort("desc")) --> int64 array of 4 {3, 1, 4, 2}	int64 array of 4 {1, 4, 3, 2}
array.ones(2, "complex64"):sort() --! bad self to 'sort' \(a complex64 array of 2 has no order\)
array.ones(2):sort("up") --! bad argument #1 'order' to 'sort' \("asc" or "desc" expected, got string\)

-- Reductions.
local i = array.from({3, -1, 2, -1}, "int8")
print(i:sum(), i:prod(), i:min(), i:max(), i:argmin(), i:argmax(), i:mean(), i:var(), i:var(1)) --> 3	6	-1	3	2	1	0.75	3.1875	4.25
print(i:cumsum(), i:dot(i), i:norm(1), i:norm(math.huge), array.from({true, true}):sum(), array.from{true, true}:cumsum()) --> int64 array of 4 {3, 2, 4, 3}	15	7	3	2	uint64 array of 2 {1, 2}
local least, most = array.from{1, nan, 0}:min(), array.from{1, nan, 0}:max()
print(least ~= least, array.from{1, nan, 0}:argmax(), most ~= most) --> true	2	true
print(array.zeros(0):sum(), array.zeros(0):prod(), array.zeros(0):norm(), array.zeros(0):all(), array.zeros(0):any()) --> 0	1	0	true	false
array.zeros(0):max() --! bad self to 'max' \(a float64 array of 0 has no elements\)
array.zeros(0):mean() --! bad self to 'mean' \(a float64 array of 0 has no elements\)
array.ones(1, "complex128"):min() --! bad self to 'min' \(a complex128 array of 1 has no order\)
array.from{true}:prod() --! bad self to 'prod' \(a bool array of 1 has no arithmetic\)
array.from({2^53, 1}, "int64"):sum() --! sum of an int64 array of 2: 9007199254740993 is beyond 2\^53, where numbers are not exact: convert it with a:to\('float64'\)
array.from({"18446744073709551615", 1}, "uint64"):sum() --! sum of a uint64 array of 2: the result is out of range of 64 bits
array.full(8, 255, "uint8"):prod() --! prod of a uint8 array of 8: 17878103347812890625 is beyond 2\^53
array.full(9, 255, "uint8"):prod() --! prod of a uint8 array of 9: the product of the first 9 elements is out of range of uint64
array.ones(2):dot(array.ones(3)) --! bad argument #1 'b' to 'dot' \(float64 array of 2 and float64 array of 3 differ in length\)
array.ones(2):dot(3) --! bad argument #1 'b' to 'dot' \(array expected, got number\)
array.ones(2):norm(3) --! bad argument #1 'p' to 'norm' \(expected 1, 2 or math.huge, got 3\)
print(math.abs(array.from{3e200, 4e200}:norm() / 5e200 - 1) < 1e-15, math.abs(array.full(1e6, 0.1):sum() - 1e5) < 1e-10) --> true	true
print(array.from{array.complex(1, 1), array.complex(3, -1)}:mean(), array.from{array.complex(1, 1), array.complex(3, -1)}:var()) --> 2+0i	2
print(array.from{4, 9}:sqrt(), array.from({1.5, 2.5, -0.5}):round(), array.from({7}, "int8"):floor(), array.from({-3}, "int8"):abs()) --> float64 array of 2 {2, 3}	float64 array of 3 {2, 2, -0}	int8 array of 1 {7}	int8 array of 1 {3}
print(array.sum(array.ones(3)), array.sqrt(array.from({4}, "int32")), array.from{array.complex(-4)}:sqrt()) --> 3	float64 array of 1 {2}	complex128 array of 1 {0+2i}

-- Printing.
print(array.range(1, 21)) --> float64 array of 21 {1, 2, 3, 4, 5, 6, 7, 8, ..., 18, 19, 20, 21}
print(#tostring(array.zeros(1e6)) < 100, "a: " .. array.ones(1)) --> true	a: float64 array of 1 {1}
print(#array.range(1, 1000):tostring() > 3000) --> true

-- An argument too many would have no effect.
array.ones(3):sum(1, 2) --! bad argument #2 to 'sum' \(a:sum\(\[dim\]\) takes 1 at most, got 2 as well\)
array.ones(3):copy(1) --! bad argument #1 to 'copy' \(a:copy\(\) takes 0 at most, got 1 as well\)
print(array.ones(3):sum(nil)) --> 3
array.zeros(3, 4, 5) --! bad argument #3 to 'zeros' \(zeros\(n \[, type\]\) takes 2 at most, got 5 as well\)
array.linalg.svd(array.eye(2), 1) --! bad argument #2 to 'svd' \(svd\(m\) takes 1 at most, got 1 as well\)
