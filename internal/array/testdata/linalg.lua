-- Shapes and errors of matrices and array.linalg.
local L = array.linalg
local m = array.matrix{{4, 1}, {2, 3}}
print(math.abs(L.det(m) - 10) < 1e-14, L.inv(m):type(), L.inv(m:to"float32"):type(), L.inv(m:to"int8"):type(), L.inv(m:to"complex64"):type()) --> true	float64	float32	float64	complex64
print(L.solve(m, array.from{1, 2}), L.solve(m, m) == array.eye(2)) --> float64 array of 2 {0.1, 0.6}	true
print((L.solve(m, array.matrix(2, 3)):shape())) --> 2
print(L.eig(array.matrix{{0, -1}, {1, 0}}):im():tostring(), (L.eig(array.matrix{{2, 0}, {0, 1}}))) --> {1, -1}	float64 array of 2 {1, 2}
print(L.norm(array.from{3, 4}), L.norm(m, "fro") == m:norm(), L.norm(m, 1), L.norm(array.matrix(0, 3), 2)) --> 5	true	6	0
L.svd(array.ones(3)) --! bad argument #1 'm' to 'svd' \(matrix expected, got float64 array of 3: see a:reshape\(rows, cols\)\)
L.svd{} --! bad argument #1 'm' to 'svd' \(array expected, got table\)
L.svd(array.matrix(0, 3)) --! bad argument #1 'm' to 'svd' \(a float64 matrix of 0x3 has no elements\)
L.svd(array.matrix(2, 2, "complex64")) --! bad argument #1 'm' to 'svd' \(svd works on real numbers, got a complex64 matrix of 2x2\)
L.svd(array.matrix{{1, 2}, {0/0, 3}}) --! bad argument #1 'm' to 'svd' \(row 2, column 1 of the float64 matrix of 2x2 is nan\)
L.inv(array.matrix(2, 3)) --! bad argument #1 'm' to 'inv' \(square matrix expected, got float64 matrix of 2x3\)
L.inv(array.matrix(2, 2)) --! bad argument #1 to 'inv' \(the float64 matrix of 2x2 is singular
L.inv(array.matrix{{1, 2, 3}, {4, 5, 6}, {7, 8, 9}}) --! bad argument #1 to 'inv' \(the float64 matrix of 3x3 is singular to working precision
L.inv(array.matrix(2, 2, "complex64")) --! bad argument #1 to 'inv' \(the complex64 matrix of 2x2 is singular
L.solve(array.matrix(2, 2), array.ones(2)) --! bad argument #1 to 'solve' \(the float64 matrix of 2x2 is singular
L.solve(m, array.ones(3)) --! bad argument #2 'b' to 'solve' \(a float64 array of 3 has not as many rows as the float64 matrix of 2x2\)
L.solve(m, array.from{1, 0/0}) --! bad argument #2 'b' to 'solve' \(element 2 of the float64 array of 2 is nan\)
L.solve(array.matrix(2, 3, "complex64"), array.ones(2)) --! bad argument #1 'a' to 'solve' \(square matrix expected, got complex64 matrix of 2x3\)
L.cholesky(m) --! bad argument #1 'm' to 'cholesky' \(the float64 matrix of 2x2 is not symmetric\)
L.cholesky(array.matrix{{1, 2}, {2, 1}}) --! bad argument #1 'm' to 'cholesky' \(the float64 matrix of 2x2 is not positive definite\)
L.eig(array.matrix(2, 3)) --! bad argument #1 'm' to 'eig' \(square matrix expected, got float64 matrix of 2x3\)
L.norm(m, "x") --! bad argument #2 'p' to 'norm' \(number expected, got string\)
print(L.det(array.eye(2, "complex64")), L.det(array.matrix(2, 2)), L.det(array.matrix(2, 2, "complex128"))) --> 1+0i	0	0+0i

local a = array.matrix{{1, 2, 3}, {4, 5, 6}}
print(a:matmul(a:t()):tostring(), a:t():matmul(array.from{1, 1}):tostring()) --> {{14, 32}, {32, 77}}	{5, 7, 9}
print(a:to"int8":matmul(a:t():to"int16"):type(), a:to"uint8":matmul(a:t():to"uint8"):type(), a:matmul(a:t():to"complex64"):type()) --> int64	uint64	complex128
a:matmul(a) --! bad argument #1 'k' to 'matmul' \(float64 matrix of 2x3 times float64 matrix of 2x3: the columns of the first must be the rows of the second\)
array.ones(2):matmul(a) --! bad self to 'matmul' \(matrix expected, got float64 array of 2
array.full(4, 2^62, "int64"):reshape(2, 2):matmul(array.ones(4, "int64"):reshape(2, 2)) --! int64 matrix of 2x2: row 1, column 1 is out of range
print(array.matrix(0, 3):matmul(array.matrix(3, 2)):shape()) --> 0	2
print(array.matrix(2, 0):matmul(array.matrix(0, 2)):tostring()) --> {{0, 0}, {0, 0}}
