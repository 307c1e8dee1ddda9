-- Strided views: what they share, and what they refuse.
local a = array.range(1, 24):reshape(2, 3, 4)
assert(tostring(a):sub(1, 22) == "float64 array of 2x3x4")
local col = a:slice{1, {}, 2}
print(col, #col, col[3], col:view(2)) --> float64 array of 3 {2, 6, 10}	3	10	float64 array of 2 {6, 10}
col[2] = 60
col:view(3, 1)[1] = 100
print(a:at(1, 2, 2), a[{1, 3, 2}]) --> 60	100
col:assign{2, 6, 10}
a[{2, 3, 4}] = 0
a:set(2, 3, 4, 24)
print(a:at(2, 3, 4), a:sum()) --> 24	300
print(a:slice{ {}, {}, {1, 4, 3} }:flat()) --! bad self to 'flat' \(the elements of the float64 array of 2x3x2, a strided view, have no shape 12 in the memory where they are: use a:copy\(\) first\)
print(a:slice{ {}, {}, 1 }:flat(), a:slice{ {}, {}, 1 }:reshape(3, 2):tostring()) --> float64 array of 6 {1, 5, 9, 13, 17, 21}	{{1, 5}, {9, 13}, {17, 21}}
print(a:slice{2, 3, 4}, a:slice{2, -1, {-1, -2, -1}}) --> float64 array of 1 {24}	float64 array of 2 {24, 23}
print(#a:slice{ {3, 2} }, #a:slice{ {1, 0} }, a:slice{ {1, 0} }:shape()) --> 0	0	0	3	4
print(a:slice{1, 2, {}}, a:slice{1, 2, {3}}, a:slice{1, 2, {-2}}) --> float64 array of 4 {5, 6, 7, 8}	float64 array of 2 {7, 8}	float64 array of 2 {7, 8}
a:slice{0} --! dimension 1 of the float64 array of 2x3x4: index 0 is out of range \(1 to 2\)
a:slice{-3} --! dimension 1 of the float64 array of 2x3x4: index -3 is out of range \(1 to 2\)
a:slice{{0, 2}} --! index 0 is out of range
a:slice{{1, 3}} --! index 3 is out of range
a:slice{{5, 4}} --! index 5 is out of range
a:slice{{1, 2, 0}} --! a step of 0 leads nowhere
a:slice{{1, 2, 1, 1}} --! {first, last, step} expected, got a list of 4
a:slice{1.5} --! dimension 1 of the float64 array of 2x3x4: 1\.5 is no whole number
a:slice{"1"} --! whole number or {first, last, step} expected, got string
a:slice(1) --! bad argument #1 'ranges' to 'slice' \(list of ranges expected, got number\)
a:slice{{1, 2}, first = 1} --! the key "first"
a:slice{{1, 1e300}} --! is no whole number
a[{1, 2}] = 1 --! float64 array of 2x3x4: one index a dimension expected in a\[{i, j, ...}\], got 2
local _ = a[{1, 2, 5}] --! float64 array of 2x3x4: dimension 3: index 5 is out of range \(1 to 4\)
local _ = a[{1, 2, "x"}] --! dimension 3: cannot write field 'x'
a:at(1, 2) --! bad argument #3 'k' to 'at' \(number expected, got nil\)
a:at(1, 2, 3, 4) --! bad argument #4 to 'at' \(a float64 array of 2x3x4 has 3 dimensions\)
a:set(1, 2, 3, "x") --! float64 array of 2x3x4: index 7: number expected, got string
a:row(1) --! bad self to 'row' \(matrix expected, got float64 array of 2x3x4: see a:reshape\(rows, cols\)\)
a:permute(1, 2) --! a float64 array of 2x3x4 has 3 dimensions: name each once, from 1
a:permute(1, 1, 2) --! name each once
print(a:permute{-1, 1, 2}:shape()) --> 4	2	3
a:squeeze(1) --! dimension 1 of the float64 array of 2x3x4 has not the length 1
a:squeeze(4) --! a float64 array of 2x3x4 has no dimension 4: it has 3
print(array.zeros{1, 1}:squeeze():shape()) --> 1
a:reshape(-1, -1) --! has no shape -1x-1
a:reshape(5, -1) --! has no shape 5x-1
a:reshape(2, -3) --! bad argument #2 to 'reshape' \(-3 is negative\)
array.zeros{1, 1, 1, 1, 1, 1, 1, 1, 1} --! bad argument #1 'n' to 'zeros' \(9 dimensions: an array has 8 at most\)
array.zeros{2, -1} --! bad argument #1 'n' to 'zeros' \(-1 is negative\)
array.zeros{} --! bad argument #1 'n' to 'zeros' \(the list is empty\)
array.zeros{1e10, 1e10} --! bad argument #1 'n' to 'zeros' \(10000000000 x 10000000000 elements are more than any machine has\)
array.zeros{2, 1.5} --! bad argument #1 'n' to 'zeros' \(entry 2: whole number expected
print(array.zeros{0, 3}:shape()) --> 0	3
print(array.zeros{2, 0, 3}:tostring(), array.ones{2, 1, 2}:tostring()) --> {{}, {}}	{{{1, 1}}, {{1, 1}}}
array.from{{{1}, {2}}, {{3}}} --! bad argument #1 'list' to 'from' \(row 2 has 1 elements, row 1 has 2\)
array.from{{{1, 2}}, {{3}}} --! list {2, 1} has 1 elements, list {1, 1} has 2
array.from{{{1, 2}}, {{3, "x"}}} --! element {2, 1, 2}: number expected, got string

-- Memory that two views share.
local s = array.range(1, 6)
s:slice{{2, 6}}:assign(s:slice{{1, 5}})
print(s) --> float64 array of 6 {1, 1, 2, 3, 4, 5}
s:slice{{1, 6}}:assign(s:slice{{6, 1, -1}})
print(s) --> float64 array of 6 {5, 4, 3, 2, 1, 1}
local q = array.range(1, 4):reshape(2, 2)
q:assign(q:t())
print(q:tostring()) --> {{1, 3}, {2, 4}}
q:t():axpy(1, q)
print(q:tostring()) --> {{2, 5}, {5, 8}}
local y = array.range(1, 6)
y:slice{{2, 6, 2}}:axpy(10, y:slice{{1, 5, 2}})
print(y, y:slice{{1, 6, 5}}:scale(2), y) --> float64 array of 6 {2, 12, 3, 34, 5, 112}	float64 array of 2 {2, 112}	float64 array of 6 {2, 12, 3, 34, 5, 112}

-- Everything that writes, on a view.
local w = array.from{6, 1, 5, 2, 4, 3}
local even = w:slice{{2, 6, 2}}
print(even:sort("desc"), w, even:argsort()) --> float64 array of 3 {3, 2, 1}	float64 array of 6 {6, 3, 5, 2, 4, 1}	int64 array of 3 {3, 2, 1}
print(even:sort(function(x, y) return x < y end), w) --> float64 array of 3 {1, 2, 3}	float64 array of 6 {6, 1, 5, 2, 4, 3}
print(even:fill(9), w, even == array.full(3, 9), even:copy():fill(1), w) --> float64 array of 3 {9, 9, 9}	float64 array of 6 {6, 9, 5, 9, 4, 9}	true	float64 array of 3 {1, 1, 1}	float64 array of 6 {6, 9, 5, 9, 4, 9}
even:fill("x") --! float64 array of 3: number expected, got string
print(even:map(function(x, i) return x * i end), w[2]) --> float64 array of 3 {9, 18, 27}	9
local sum = 0
for i, x in even:each() do sum = sum + i * x end
print(sum, even:tostring(3), #even:tobytes(), even:totable()[3]) --> 54	9	24	9
local i8 = array.from({100, 0, 100}, "int8"):slice{{1, 3, 2}}
local _ = i8 * 2 --! int8 array of 2 \* 2: int8 array of 2: index 1: 100 \* 2 is out of range
i8:scale(2) --! scale: int8 array of 2: index 1
i8:axpy(1, i8) --! axpy: int8 array of 2: index 1
print(i8) --> int8 array of 2 {100, 100}
i8:slice{{2}}:to"bool" --! int8 array of 1: index 1: 100 is neither 0 nor 1

-- Printing.

assert(tostring(array.range(1, 8):reshape(2, 2, 2)) == "float64 array of 2x2x2\n  {1}:\n    1  2\n    3  4\n  {2}:\n    5  6\n    7  8")
assert(select(2, tostring(array.zeros{100, 100, 100}):gsub("\n", "")) < 80 and tostring(array.zeros{2, 0, 3}))

-- Joining.
array.concat{} --! bad argument #1 'arrays' to 'concat' \(the list is empty\)
array.concat{1} --! entry 1: array expected, got number
array.concat({a, a}, 4) --! bad argument #2 'dim' to 'concat' \(there is no dimension 4: the result has 3\)
array.stack{a, a:t()} --! entry 2, a float64 array of 4x3x2, differs in shape from entry 1
array.concat{array.zeros(1, "int64"), array.zeros(1, "uint64")} --! entry 2: int64 and uint64 have no common type
print(array.concat({a, a}, -1):shape()) --> 2	3	8
print(array.stack({a, a}, -1):shape()) --> 2	3	4	2
print(array.concat{array.from{true}, array.from{false}}, array.concat{array.from{true}, array.from({2}, "int8")}) --> bool array of 2 {true, false}	int8 array of 2 {1, 2}
a:split(0) --! 2 indices do not make 0 parts
a:split({1, 2}) --! part 2 of 2 indices: there are 1 left
a:split({1}) --! the parts leave 1 of 2 indices
print(#a:split({1, 0, 1}), #a:split(4, 3)) --> 3	4
