-- Shapes that match, dimensions, masks: what is refused, and what stays as it was.
local m = array.range(1, 6):reshape(2, 3)
local _ = m + array.ones(2) --! float64 matrix of 2x3 \+ float64 array of 2: float64 matrix of 2x3 and float64 array of 2 differ in shape
m:lt(array.ones{3, 3}) --! bad argument #1 'b' to 'lt' \(float64 matrix of 2x3 and float64 matrix of 3x3 differ in shape\)
local _ = array.zeros{1e5, 1} + array.zeros{1, 1e6} --! float64 elements need
print((array.zeros{0, 3} + array.ones(3)):shape()) --> 0	3
print((array.zeros{0, 3} + array.ones{1, 1}):shape()) --> 0	3
local i = array.from({{1, 2}, {100, 4}}, "int8")
i:t():mul(2) --! mul: int8 matrix of 2x2: index 2: 100 \* 2 is out of range
print(i:tostring()) --> {{1, 2}, {100, 4}}
i:idiv(array.from({1, 0}, "int8")) --! int8 matrix of 2x2: index 2: division of 2 by zero
i:add(0.5) --! add: the result is of type float64, and does not go into an int8 matrix of 2x2
i:add(array.ones(2)) --! add: the result is of type float64
i:add(i:row(1)):sub(i:col(1):copy())
print(i:tostring()) --> {{0, -97}, {99, -95}}
array.ones(2):add(array.ones{2, 2}) --! does not fit into float64 array of 2
array.from{true}:add(1) --! the result is of type float64
array.ones(2, "complex64"):mod(1) --! complex64 has no '%'
i:add("1") --! add: array or number expected, got string
-- The other side is the array's own memory, at other places.
local s = array.range(1, 5)
s:slice{{2, 5}}:add(s:slice{{1, 4}})
print(s) --> float64 array of 5 {1, 3, 5, 7, 9}
local q = array.range(1, 4):reshape(2, 2)
print(q:add(q:t()):tostring(), q:mul(q:row(1)):tostring()) --> {{2, 5}, {5, 8}}	{{4, 25}, {10, 40}}

-- Dimensions.
m:sum(0) --! a float64 matrix of 2x3 has no dimension 0: it has 2
m:sum(1.5) --! 1\.5 is no whole number
m:sort(function(x, y) return x < y end, 1) --! bad argument #2 'dim' to 'sort' \(with a function all elements are sorted together\)
print(array.range(1, 3):sum(1), array.range(1, 3):max(-1), array.range(1, 3):std(0, 1) > 0) --> 6	3	true
array.range(1, 3):sum(2) --! a float64 array of 3 has no dimension 2: it has 1
print(array.zeros{0, 2}:sum(1), array.zeros{0, 2}:prod(1), array.zeros{0, 2}:all(1), array.zeros{2, 0}:max(1)) --> float64 array of 2 {0, 0}	float64 array of 2 {1, 1}	bool array of 2 {true, true}	float64 array of 0 {}
array.from({{"9223372036854775807", 1}, {1, 1}}, "int64"):sum(2) --! sum of an int64 matrix of 2x2: lane 1 along dimension 2: the result is out of range of 64 bits
print(array.from({{"9007199254740993", 0}, {1, 1}}, "int64"):sum(2):tostring()) --> {9007199254740993, 2}
array.ones({2, 2}, "complex64"):max(1) --! bad self to 'max'
print(array.ones({2, 2}, "float32"):mean(1):type(), array.ones({2, 2}, "complex64"):norm(2, 1):type(), array.ones({2, 2}, "int8"):var(0, 1):type()) --> float32	float32	float64

-- Masks.
local a = array.from({1, 2, 3}, "int8")
a[a:gt(1)] = 300 --! int8 array of 3: 300 is out of range
a[a:gt(1)] = {1} --! int8 array of 3: an int8 array of 1 does not fit 2 elements
a[a:gt(1)] = {8, 9}
a:set(a:eq(8), 2)
print(a) --> int8 array of 3 {1, 2, 9}
a:set(a:eq(8), 2, 3) --! bad argument #3 to 'set'
a[array.ones(3)] = 1 --! int8 array of 3: bool array expected, got float64 array of 3
local _ = a[array.from{true, false}] --! bool array of 2 and int8 array of 3 differ in shape
print(a[array.zeros(3, "bool")]) --> int8 array of 0 {}
array.where(a, 1, 2) --! bad argument #1 'mask' to 'where' \(bool array expected, got int8 array of 3\)
array.where(a:gt(1), array.ones(2), 2) --! differ in shape
array.where(a:gt(1), {}, 2) --! bad argument #2 'a' to 'where' \(number expected, got table\)
print(array.where(a:gt(1), 1, 2), array.where(a:gt(1), a, 0.5), array.where(a:gt(1), a, 0)) --> float64 array of 3 {2, 1, 1}	float64 array of 3 {0.5, 2, 9}	int8 array of 3 {0, 2, 9}
a:take{0} --! entry 1: index 0 is out of range \(1 to 3\)
a:take(array.from{1.5}) --! index 1: 1\.5 is no whole number
a:take(a:gt(1)) --! a bool array is a mask
print(a:take(array.from{{1, 2}, {3, 3}}):tostring()) --> {{1, 2}, {9, 9}}
a:put({1, 2}, {1}) --! bad argument #2 'values' to 'put' \(an int8 array of 1 does not fit 2 elements\)
print(a:put({-1, 1}, 7), a:put({1}, a:slice{{3}})) --> int8 array of 3 {7, 2, 7}	int8 array of 3 {7, 2, 7}
array.ones(2):histogram(0) --! 1 or more expected
array.ones(2):histogram{1} --! a vector of two edges or more expected
array.ones(2):histogram{1, 0} --! edge 2 is not at or above the one before
array.from{0/0}:histogram(2) --! give low and high
array.ones{2, 2}:searchsorted(1) --! vector expected
array.ones(2):searchsorted(1, "up") --! "left" or "right" expected, got string
array.ones(2, "complex64"):unique() --! has no order
array.ones{2, 2, 2}:diag() --! vector or matrix expected
array.ones(2):kron(array.ones{1, 1}) --! two vectors or two matrices expected
array.ones(2):diag(1e300) --! bad argument #1 'k' to 'diag'
print(array.ones{2, 2}:diag(5), array.ones(1):diag(-1):tostring()) --> float64 array of 0 {}	{{0, 0}, {1, 0}}
array.ones(2):hypot(array.complex(1, 1)) --! hypot works on real numbers
local d = array.zeros{2, 2}
d:diag():fill(5)
print(d:tostring(), array.from({-5, 0}, "int8"):sign(), array.from{array.complex(1, 1/0)}:isfinite()) --> {{5, 0}, {0, 5}}	int8 array of 2 {-1, 0}	bool array of 1 {false}
