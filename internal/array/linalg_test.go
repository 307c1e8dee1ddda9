package array

import (
	"testing"

	"pgregory.net/rapid"
)

// linalgLua has what decompositions must satisfy, for any shape.
const linalgLua = `
local L = array.linalg
local function close(a, b, what)
	local d = L.norm(a - b)
	assert(d <= TOL * (1 + L.norm(a)), what .. " is off by " .. d)
end
local function orthonormal(q, what)
	local _, n = q:shape()
	close(q:t():matmul(q), array.eye(n), what)
end
local function diag(s)
	local m = array.matrix(#s, #s)
	for i, v in s:each() do m:set(i, i, v) end
	return m
end

function check(m)
	local rows, cols = m:shape()
	local u, s, v = L.svd(m)
	close(m, u:matmul(diag(s)):matmul(v:t()), "svd")
	orthonormal(u, "u") orthonormal(v, "v")
	assert(#s == math.min(rows, cols) and s == s:copy():sort("desc") and s:min() >= 0)
	assert(math.abs(L.norm(m, 2) - s[1]) <= TOL * (1 + s[1]))

	local q, r = L.qr(m)
	close(m, q:matmul(r), "qr")
	orthonormal(q, "q")
	for i = 2, (r:shape()) do for j = 1, math.min(i - 1, cols) do assert(r:at(i, j) == 0) end end

	local g = m:t():matmul(m)
	for i = 1, cols do g:set(i, i, g:at(i, i) + 1) end
	local l = L.cholesky(g)
	close(g, l:matmul(l:t()), "cholesky")
	local w, e = L.eig(g)
	assert(w == w:copy():sort() and w:type() == (g:type() == "float32" and "float32" or "float64"))
	close(g:matmul(e), e:matmul(diag(w)), "eig of a symmetric matrix")
	orthonormal(e, "eigenvectors")

	local b = array.ones(cols)
	close(g:matmul(L.solve(g, b)), b, "solve")
	close(g:matmul(L.inv(g)), array.eye(cols), "inv")

	if rows == cols then
		local w, e = L.eig(m)
		local c = m:to"complex128"
		for j = 1, cols do
			local x = e:col(j)
			close((c:matmul(x) - x * w[j]):abs(), array.zeros(cols), "eigenvector " .. j)
		end
		assert(math.abs((w:sum() - array.complex(diag(w:re()):sum(), w:im():sum())):abs()) < 1e-9)
	end
	-- The least-squares solution leaves what is orthogonal to the columns.
	if rows > cols and s[#s] > 1e-3 then
		local x = L.solve(m, array.ones(rows))
		close(m:t():matmul(m:matmul(x) - array.ones(rows)), array.zeros(cols), "least squares")
	end
end`

func TestDecompositions(t *testing.T) {
	for _, typ := range []Type{Float64, Float32, Int32} {
		t.Run(typ.String(), rapid.MakeCheck(func(r *rapid.T) {
			rows, cols := rapid.IntRange(1, 8).Draw(r, "rows"), rapid.IntRange(1, 8).Draw(r, "cols")
			m := NewShaped(Float64, rows, cols)
			for i := range m.Len() {
				Of[float64](m)[i] = float64(rapid.IntRange(-9, 9).Draw(r, "element"))
				if typ != Int32 {
					Of[float64](m)[i] += rapid.SampledFrom([]float64{0, 0.25, 0.1}).Draw(r, "fraction")
				}
			}
			if typ != Float64 {
				fraction, _ := m.Convert(Float32)
				m, _ = fraction.Convert(typ)
			}
			tolerance := "TOL = 1e-10"
			if typ == Float32 {
				tolerance = "TOL = 1e-3"
			}
			L := newState(t)
			if err := L.DoString(tolerance + linalgLua); err != nil {
				r.Fatal(err)
			}
			L.SetGlobal("m", ToLua(L, m))
			if err := L.DoString("check(m)"); err != nil {
				r.Fatal(err)
			}
		}))
	}
}
