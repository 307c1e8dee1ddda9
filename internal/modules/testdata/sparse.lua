-- Sparse matrices against dense ones, and their errors; more of linalg.
local sparse, array = require "sparse", require "array"
local linalg = array.linalg
array.seed(3)
for rows = 0, 7 do
	for cols = 0, 7 do
		local dense = array.matrix(rows, cols)
		for k = 1, rows * cols do if math.random() < 0.4 then dense[k] = math.random(-9, 9) end end
		local m = sparse.from(dense)
		assert(m:todense() == dense)
		assert(m:t():todense() == (cols > 0 and rows > 0 and dense:t() or array.matrix(cols, rows)))
		assert(m:t():t():todense() == dense)
		local i, j, v = m:triplets()
		assert(sparse.csr(rows, cols, i, j, v):todense() == dense and v:ne(0):all())
		local x = array.randn(cols)
		if rows > 0 and cols > 0 then
			assert((m:matmul(x) - dense:matmul(x)):abs():max() < 1e-12)
			local out = array.zeros(rows)
			assert(m:matmul(x, out) == out and out == m:matmul(x))
			local many = array.randn(cols, 3)
			assert((m:matmul(many) - dense:matmul(many)):abs():max() < 1e-12)
			for r = 1, rows do
				local columns, values = m:row(r)
				assert(#columns == #values and columns:copy():sort() == columns)
				for c = 1, cols do assert(m:at(r, c) == dense:at(r, c)) end
			end
			assert(m:add(m, -1):todense() == array.matrix(rows, cols))
			assert((m:scale(2):todense() - dense * 2):abs():max() == 0)
			assert(m:rows(2, rows - 1):todense():flat() == dense:flat():view(cols + 1))
		end
	end
end
-- Elements at one place are added up in their order, in whatever order the places come.
print(sparse.csr(2, 3, {2, 1, 2, 2}, {3, 1, 1, 3}, {1, 2, 3, 4}):todense():tostring()) --> {{2, 0, 0}, {3, 0, 5}}
print(sparse.csr(0, 0, {}, {}, {}), sparse.eye(3):todense() == array.eye(3), sparse.csr(2, 3, {}, {}, {}):diag()) --> sparse matrix of 0x0 with 0 elements	true	float64 array of 2 {0, 0}
local m = sparse.csr(2, 3, {1}, {2}, {5})
sparse.csr(2, 2, {3}, {1}, {1}) --! bad argument #3 'i' to 'csr' \(element 1 is 3: whole numbers from 1 to 2 expected\)
sparse.csr(2, 2, {1}, {0}, {1}) --! bad argument #4 'j' to 'csr' \(element 1 is 0: whole numbers from 1 to 2 expected\)
sparse.csr(2, 2, {1}, {1, 2}, {1}) --! bad argument #4 'j' to 'csr' \(2 numbers, and there are 1 values\)
sparse.csr(1e15, 2, {1}, {1}, {1}) --! bad argument #1 'rows' to 'csr' \(1000000000000000 float64 elements need
sparse.csr(2, 1e15, {1}, {1e15}, {1}):t() --! t: 1000000000000000 float64 elements need
sparse.csr(2, 1e15, {1}, {1e15}, {1}):todense() --! todense: 2000000000000000 float64 elements need
sparse.csr(-1, 2, {}, {}, {}) --! bad argument #1 'rows' to 'csr' \(-1 is negative\)
sparse.from(array.zeros(2)) --! bad argument #1 'm' to 'from' \(matrix expected, got float64 array of 2\)
m:matmul(array.zeros(3), array.zeros(3)) --! bad argument #2 'out' to 'matmul' \(float64 array of 2 expected, got float64 array of 3\)
m:matmul(array.zeros(3), array.zeros(2, "float32")) --! bad argument #2 'out' to 'matmul' \(float64 array of 2 expected, got float32 array of 2\)
local both = array.zeros(4)
m:matmul(both:view(1, 3), both:view(3, 2)) --! bad argument #2 'out' to 'matmul' \(it shares memory with what it is computed from\)
m:at(3, 1) --! bad argument #1 'i' to 'at' \(3 is out of range \(1 to 2\)\)
m:rows(2, 2) --! bad argument #2 'count' to 'rows' \(rows 2 to 3 reach beyond a sparse matrix of 2x3\)
m:add(sparse.eye(2)) --! bad argument #1 'n' to 'add' \(sparse matrix of 2x3 expected, got sparse matrix of 2x2\)
m:add(array.zeros(2)) --! bad argument #1 'n' to 'add' \(sparse matrix expected, got float64 array of 2\)
m.x = 1 --! a sparse matrix has no fields that can be set

-- Linear algebra: what defines the results, for shapes of all kinds.
for rows = 1, 6 do
	for cols = 1, 6 do
		local a = array.randn(rows, cols)
		local l, u, p = linalg.lu(a)
		local product = l:matmul(u)
		for i = 1, rows do
			assert((product:row(i) - a:row(p[i])):abs():max() < 1e-14)
			for k = i + 1, (select(2, l:shape())) do assert(l:at(i, k) == 0) end
		end
		local x = linalg.pinv(a) -- the four conditions of Penrose
		assert((a:matmul(x):matmul(a) - a):abs():max() < 1e-11 and (x:matmul(a):matmul(x) - x):abs():max() < 1e-8)
		assert((a:matmul(x) - a:matmul(x):t()):abs():max() < 1e-10 and (x:matmul(a) - x:matmul(a):t()):abs():max() < 1e-10)
		local b = array.randn(rows)
		local solution, rank, s = linalg.lstsq(a, b)
		assert((solution - x:matmul(b)):abs():max() < 1e-8 and rank == math.min(rows, cols) and #s == rank and linalg.matrix_rank(a) == rank)
	end
end
local s = array.matrix{{4, 1, 0}, {1, 3, 1}, {0, 1, 2}}
local w, v = linalg.eigh(s)
assert((s:matmul(v) - v:matmul(array.matrix{{w[1], 0, 0}, {0, w[2], 0}, {0, 0, w[3]}})):abs():max() < 1e-14)
print(linalg.matrix_rank(array.matrix(3, 2)), linalg.pinv(array.matrix(3, 2)) == array.matrix(2, 3), linalg.lstsq(array.matrix(2, 2), {1, 2})) --> 0	true	float64 array of 2 {0, 0}	0	float64 array of 2 {0, 0}
print(linalg.lstsq(array.matrix{{1, 1}, {1, 1}}, array.matrix{{2, 4}, {2, 4}}):tostring():gsub("%d+%.?%d*", function(x) return ("%.6g"):format(x) end)) --> {{1, 2}, {1, 2}}	4
print((linalg.expm(array.matrix{{0, 1}, {0, 0}}) - array.matrix{{1, 1}, {0, 1}}):abs():max() < 1e-15, linalg.expm(s:to"float32"):type()) --> true	float32
print(linalg.kron({1, 2}, {3, 4}), linalg.kron(array.matrix{{1, 2}}, array.matrix{{3}, {4}}):tostring()) --> float64 array of 4 {3, 4, 6, 8}	{{3, 6}, {4, 8}}
linalg.eigh(array.matrix(2, 3)) --! bad argument #1 'm' to 'eigh' \(square matrix expected, got float64 matrix of 2x3\)
linalg.lu(array.zeros(2)) --! bad argument #1 'm' to 'lu' \(matrix expected, got float64 array of 2: see a:reshape
linalg.lu(array.matrix(0, 2)) --! bad argument #1 'm' to 'lu' \(a float64 matrix of 0x2 has no elements\)
linalg.pinv(array.matrix{{1, 0/0}}) --! bad argument #1 'm' to 'pinv' \(finite numbers expected: element 2 is -?nan\)
linalg.pinv(s, -1) --! bad argument #2 'rcond' to 'pinv' \(-1 is negative\)
linalg.lstsq(s, {1, 2}) --! bad argument #2 'b' to 'lstsq' \(2 rows, and a has 3\)
linalg.expm(array.matrix{{1000}}) --! bad argument #1 'm' to 'expm' \(its exponential is beyond float64\)
linalg.eigh(array.matrix(2, 2, "complex64")) --! bad argument #1 'm' to 'eigh' \(real numbers expected, got a complex64 matrix of 2x2\)
