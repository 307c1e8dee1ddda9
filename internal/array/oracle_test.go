package array

import (
	"bytes"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// oracleRows have the same value in Lua with arrays and in plain Python. The
// last number is the relative error that is allowed; 0 is exact.
var oracleRows = []struct {
	lua, python string
	tolerance   float64
}{
	{"x + y", "each(lambda a, b: a + b, x, y)", 0},
	{"x - y", "each(lambda a, b: a - b, x, y)", 0},
	{"x * y", "each(lambda a, b: a * b, x, y)", 0},
	{"x / y", "each(lambda a, b: a / b, x, y)", 0},
	{"x % y", "each(lambda a, b: a % b, x, y)", 0},
	{"x:abs() ^ y", "each(lambda a, b: abs(a) ** b, x, y)", 1e-14},
	{"3 - x", "each(lambda a: 3 - a, x)", 0},
	{"2 ^ x", "each(lambda a: 2 ** a, x)", 1e-14},
	{"-x", "each(lambda a: -a, x)", 0},
	{"x:sum()", "math.fsum(x)", 1e-15},
	{"x:mean()", "math.fsum(x) / len(x)", 1e-15},
	{"x:var(1)", "statistics.variance(x)", 1e-13},
	{"x:std()", "statistics.pstdev(x)", 1e-13},
	{"x:dot(y)", "math.fsum(each(lambda a, b: a * b, x, y))", 1e-13},
	{"x:norm()", "math.hypot(*x)", 1e-14},
	{"x:norm(1)", "math.fsum(each(abs, x))", 1e-15},
	{"x:norm(math.huge)", "max(each(abs, x))", 0},
	{"x:cumsum()", "[math.fsum(x[:k + 1]) for k in range(len(x))]", 1e-15},
	{"x:view(1, 100):prod()", "math.prod(x[:100])", 1e-13},
	{"x:copy():sort()", "sorted(x)", 0},
	{"x:copy():sort('desc')", "sorted(x, reverse=True)", 0},
	{"k:argsort()", "[n + 1 for n in sorted(range(len(k)), key=k.__getitem__)]", 0},
	{"x:min()", "min(x)", 0},
	{"x:argmax()", "x.index(max(x)) + 1", 0},
	{"x:lt(y)", "each(lambda a, b: a < b, x, y)", 0},
	{"x:to'float32':sum()", "math.fsum(__import__('struct').unpack('%df' % len(x), __import__('struct').pack('%df' % len(x), *x)))", 1e-15},
	{"x:floor()", "each(math.floor, x)", 0},
	{"x:round()", "each(round, x)", 0},
	{"x:abs():sqrt()", "each(lambda a: math.sqrt(abs(a)), x)", 0},
	{"x:exp()", "each(math.exp, x)", 1e-14},
	{"x:tanh()", "each(math.tanh, x)", 1e-14},
	{"x:sin() ^ 2 + x:cos() ^ 2", "each(lambda a: 1.0, x)", 1e-14},
	{"i + k", "each(lambda a, b: a + b, i, k)", 0},
	{"i * k", "each(lambda a, b: a * b, i, k)", 0},
	{"i / k", "each(lambda a, b: a / b, i, k)", 0},
	{"i:idiv(k)", "each(lambda a, b: a // b, i, k)", 0},
	{"i % k", "each(lambda a, b: a % b, i, k)", 0},
	{"i:idiv(-7)", "each(lambda a: a // -7, i)", 0},
	{"i % -7", "each(lambda a: a % -7, i)", 0},
	{"1000 % k", "each(lambda a: 1000 % a, k)", 0},
	{"i:sum()", "sum(i)", 0},
	{"i:dot(k)", "sum(each(lambda a, b: a * b, i, k))", 0},
	{"i:cumsum()", "list(accumulate(i))", 0},
	{"i + x", "each(lambda a, b: a + b, i, x)", 0},
	{"z + w", "each(lambda a, b: a + b, z, w)", 0},
	{"z * w", "each(lambda a, b: a * b, z, w)", 1e-15},
	{"z / w", "each(lambda a, b: a / b, z, w)", 1e-14},
	{"z ^ w", "each(lambda a, b: a ** b, z, w)", 1e-12},
	{"z ^ 3", "each(lambda a: a ** 3, z)", 1e-14},
	{"z * w_re", "each(lambda a, b: a * b, z, w_re)", 0},
	{"z:sum()", "complex(math.fsum(each(lambda a: a.real, z)), math.fsum(each(lambda a: a.imag, z)))", 1e-14},
	{"z:dot(w)", "sum(each(lambda a, b: a * b, z, w))", 1e-12},
	{"z:norm()", "math.sqrt(math.fsum(each(lambda a: abs(a) ** 2, z)))", 1e-14},
	{"z:abs()", "each(abs, z)", 1e-15},
	{"z:conj()", "each(complex.conjugate, z)", 0},
	{"z:sqrt()", "each(cmath.sqrt, z)", 1e-14},
	{"z:exp()", "each(cmath.exp, z)", 1e-14},
	{"z:log()", "each(cmath.log, z)", 1e-14},
	{"z:sin()", "each(cmath.sin, z)", 1e-13},
	{"z:atan()", "each(cmath.atan, z)", 1e-12},
	{"z[1] / w[1] + 2 * z[2] - w[2] ^ 2", "z[0] / w[0] + 2 * z[1] - w[1] ** 2", 1e-14},
	{"A:matmul(B)", "matmul(A, B)", 1e-13},
	{"A:to'int64':matmul(B:to'int16')", "matmul(A, B)", 0},
	{"A:matmul(B:col(1))", "[row[0] for row in matmul(A, B)]", 1e-13},
	{"A:t():matmul(A)", "matmul(list(zip(*A)), A)", 1e-13},
	{"array.linalg.det(A)", "eliminate(A, A)[0]", 1e-11},
	{"array.linalg.inv(A)", "eliminate(A, identity(6))[1]", 1e-9},
	{"array.linalg.solve(A, B)", "eliminate(A, B)[1]", 1e-9},
	{"array.linalg.solve(A, B:col(2))", "eliminate(A, [[row[1]] for row in B])[1]", 1e-9},
	{"array.linalg.det(A:to'complex128')", "eliminate(A, A)[0]", 1e-11},
	{"array.linalg.inv(A:to'complex64')", "eliminate(A, identity(6))[1]", 1e-5},
	{"array.linalg.solve(A:to'complex128', B)", "eliminate(A, B)[1]", 1e-9},
	{"array.linalg.norm(A)", "math.sqrt(sum(v * v for v in flat(A)))", 1e-14},
	{"array.linalg.norm(A, 1)", "max(sum(map(abs, col)) for col in zip(*A))", 0},
	{"array.linalg.norm(A, math.huge)", "max(sum(map(abs, row)) for row in A)", 0},
}

// oracleVariables are the same numbers in both languages.
func oracleVariables() (inLua, inPython string) {
	r := rand.New(rand.NewPCG(1, 2))
	list := func(n int, draw func() string) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = draw()
		}
		return strings.Join(parts, ", ")
	}
	number := func() string { return strconv.FormatFloat(r.NormFloat64()*5, 'g', -1, 64) }
	whole := func() string { return strconv.Itoa((r.IntN(200) + 1) * (1 - 2*r.IntN(2))) }
	row := func() string { return "[" + list(6, whole) + "]" }
	var lua, python strings.Builder
	add := func(name, make, items string) {
		fmt.Fprintf(&python, "%s = [%s]\n", name, items)
		items = strings.NewReplacer("[", "{", "]", "}").Replace(items)
		fmt.Fprintf(&lua, "%s = %s\n", name, strings.ReplaceAll(make, "$", "{"+items+"}"))
	}
	add("x", "array.from($)", list(1000, number))
	add("y", "array.from($)", list(1000, number))
	add("i", "array.from($, 'int32')", list(1000, whole))
	add("k", "array.from($, 'int64')", list(1000, whole))
	add("A", "array.matrix($)", list(6, row))
	add("B", "array.matrix($)", list(6, row))
	for _, name := range []string{"z", "w"} {
		add(name+"_re", "array.from($)", list(200, number))
		add(name+"_im", "array.from($)", list(200, number))
		fmt.Fprintf(&python, "%[1]s = each(complex, %[1]s_re, %[1]s_im)\n", name)
		fmt.Fprintf(&lua, "%[1]s = %[1]s_re + array.complex(0, 1) * %[1]s_im\n", name)
	}
	return lua.String(), python.String()
}

// TestAgainstPython compares every row with Python's own numbers.
func TestAgainstPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil && os.Getenv("MPICLUS_NO_MPI") != "" {
		t.Skip("no python3 here, and nothing was to be set up")
	}
	if err != nil {
		t.Fatal(err)
	}
	inLua, inPython := oracleVariables()
	var input bytes.Buffer
	input.WriteString(inPython)
	for _, row := range oracleRows {
		fmt.Fprintf(&input, "? = %s\n", row.python)
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/oracle.py")
	cmd.Stdin = &input
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err, string(err.(*exec.ExitError).Stderr))
	}
	L := newState(t)
	if err := L.DoString(inLua); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	for i, row := range oracleRows {
		if err := L.DoString("result = " + row.lua); err != nil {
			t.Errorf("%s: %v", row.lua, err)
			continue
		}
		compareNumbers(t, row.lua, numbersOf(t, L.GetGlobal("result")), lines[i], row.tolerance)
	}
}

// numbersOf returns the numbers of a result.
func numbersOf(t *testing.T, v lua.LValue) []complex128 {
	if c, ok := ToComplex(v); ok {
		return []complex128{c}
	}
	a, ok := To(v)
	if !ok {
		t.Fatalf("the result is %v", v)
	}
	w, err := a.as(Complex128)
	if err != nil {
		t.Fatal(err)
	}
	return Of[complex128](w)
}

func compareNumbers(t *testing.T, name string, got []complex128, line string, tolerance float64) {
	want := strings.Split(line, ",")
	if len(got) != len(want) {
		t.Errorf("%s: %d numbers, want %d", name, len(got), len(want))
		return
	}
	for i, text := range want {
		var re, im float64
		if _, err := fmt.Sscan(text, &re, &im); err != nil {
			t.Fatalf("%s: %q: %v", name, text, err)
		}
		c := complex(re, im)
		if d := cmplx.Abs(got[i] - c); d > tolerance*math.Max(cmplx.Abs(c), 1e-3) || math.IsNaN(d) {
			t.Errorf("%s: number %d is %v, want %v", name, i+1, got[i], c)
			return
		}
	}
}
