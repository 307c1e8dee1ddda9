package modules

import (
	"bytes"
	"errors"
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

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

// oracleRows have the same value in Lua and in numpy. The last number is the error
// that is allowed, of the largest number of a value.
var oracleRows = []struct {
	lua, numpy string
	tolerance  float64
}{
	{"fft(x)", "np.fft.fft(x)", 1e-14},
	{"fft(z)", "np.fft.fft(z)", 1e-14},
	{"fft.ifft(z)", "np.fft.ifft(z)", 1e-14},
	{"fft(x:view(1, 97))", "np.fft.fft(x[:97])", 1e-14},
	{"fft.rfft(x)", "np.fft.rfft(x)", 1e-14},
	{"fft.irfft(fft.rfft(x:view(1, 7)) * 2, 7)", "np.fft.irfft(np.fft.rfft(x[:7]) * 2, 7)", 1e-14},
	{"fft.fft2(A)", "np.fft.fft2(A)", 1e-14},
	{"fft.ifft2(A)", "np.fft.ifft2(A)", 1e-14},
	{"fft.fftfreq(7, 0.1)", "np.fft.fftfreq(7, 0.1)", 1e-15},
	{"fft.rfftfreq(8, 3)", "np.fft.rfftfreq(8, 3)", 1e-15},
	{"fft.fftshift(x:view(1, 7))", "np.fft.fftshift(x[:7])", 0},
	{"fft.ifftshift(x:view(1, 7))", "np.fft.ifftshift(x[:7])", 0},
	{"stats.quantile(x, array.linspace(0, 1, 17))", "np.quantile(x, np.linspace(0, 1, 17))", 1e-15},
	{"stats.median(x)", "np.median(x)", 1e-15},
	{"stats.covariance(B)", "np.cov(B, rowvar=False)", 1e-13},
	{"stats.correlation(B)", "np.corrcoef(B, rowvar=False)", 1e-13},
	{"stats.correlation(x, y, 'spearman')", "np.corrcoef(np.argsort(np.argsort(x)), np.argsort(np.argsort(y)))[0, 1]", 1e-13},
	{"stats.regression(x, y).coefficients", "np.polyfit(x, y, 1)[::-1]", 1e-12},
	{"stats.regression(B, y:view(1, 12)).coefficients", "np.linalg.lstsq(np.c_[np.ones(12), B], y[:12], rcond=None)[0]", 1e-12},
	{"(linalg.eigh(A + A:t()))", "np.linalg.eigh(A + A.T)[0]", 1e-13},
	{"linalg.pinv(B)", "np.linalg.pinv(B)", 1e-12},
	{"linalg.pinv(B:t())", "np.linalg.pinv(B.T)", 1e-12},
	{"(linalg.lstsq(B, y:view(1, 12)))", "np.linalg.lstsq(B, y[:12], rcond=None)[0]", 1e-12},
	{"(linalg.lstsq(B:t(), y:view(1, 5)))", "np.linalg.lstsq(B.T, y[:5], rcond=None)[0]", 1e-12},
	{"linalg.matrix_rank(B:matmul(B:t()))", "np.linalg.matrix_rank(B @ B.T)", 0},
	{"linalg.kron(A, B)", "np.kron(A, B)", 0},
	{"linalg.expm(A)", "(lambda w, v: (v * np.exp(w)) @ np.linalg.inv(v))(*np.linalg.eig(A))", 1e-10},
	{"interpolate.linear(array.range(1, 200), x):at(array.linspace(1, 200, 77))", "np.interp(np.linspace(1, 200, 77), np.arange(1, 201), x)", 1e-13},
	{"integrate.trapezoid(x, array.range(1, 200) ^ 2)", "np.trapz(x, np.arange(1, 201.0) ** 2)", 1e-13},
	{"sparse.from(A):matmul(A)", "A @ A", 1e-14},
}

// oracleVariables are the same numbers in both languages.
func oracleVariables() (inLua, inPython string) {
	r := rand.New(rand.NewPCG(3, 4))
	var forLua, forPython strings.Builder
	list := func(n int) string {
		parts := make([]string, n)
		for i := range parts {
			parts[i] = strconv.FormatFloat(r.NormFloat64()*5, 'g', -1, 64)
		}
		return strings.Join(parts, ", ")
	}
	add := func(name string, rows, cols int) {
		items := list(rows * cols)
		fmt.Fprintf(&forPython, "%s = np.array([%s])\n", name, items)
		fmt.Fprintf(&forLua, "%s = array.from{%s}\n", name, items)
		if cols > 1 {
			fmt.Fprintf(&forPython, "%[1]s = %[1]s.reshape(%[2]d, %[3]d)\n", name, rows, cols)
			fmt.Fprintf(&forLua, "%[1]s = %[1]s:reshape(%[2]d, %[3]d)\n", name, rows, cols)
		}
	}
	add("x", 200, 1)
	add("y", 200, 1)
	add("A", 6, 6)
	add("B", 12, 5)
	forPython.WriteString("z = x + 1j * y\n")
	forLua.WriteString("z = x + array.complex(0, 1) * y\nfft, linalg, interpolate, integrate = array.fft, array.linalg, array.interpolate, array.integrate\n")
	return forLua.String(), forPython.String()
}

// numpy runs testdata/oracle.py with the first Python that has numpy. Without one
// the test is left out, but for where everything is to be tested.
func numpy(t *testing.T, input string) string {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		cmd := exec.CommandContext(t.Context(), name, "testdata/oracle.py")
		cmd.Stdin = strings.NewReader(input)
		out, err := cmd.CombinedOutput()
		switch {
		case err == nil:
			return string(out)
		case errors.Is(err, exec.ErrNotFound) || errors.Is(err, os.ErrNotExist) || bytes.Contains(out, []byte("No module named 'numpy'")):
		default:
			t.Fatal(err, string(out))
		}
	}
	if os.Getenv("MPICLUS_TEST_ALL") != "" {
		t.Fatal("no python3 with numpy here: apt-get install python3-numpy")
	}
	t.Skip("no python3 with numpy here")
	return ""
}

// TestAgainstNumpy compares every row.
func TestAgainstNumpy(t *testing.T) {
	inLua, inPython := oracleVariables()
	var input strings.Builder
	input.WriteString(inPython)
	for _, row := range oracleRows {
		fmt.Fprintf(&input, "? = %s\n", row.numpy)
	}
	out := numpy(t, input.String())
	in := newInterp(t, philox.Origin{Rank: philox.NoRank})
	prepare := `array, random, stats, sparse = require "array", require "random", require "stats", require "sparse" ` + inLua
	if _, err := run(t.Context(), in, "prepare", prepare, nil); err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSpace(out), "\n")
	for i, row := range oracleRows {
		results, err := run(t.Context(), in, "row", "return "+row.lua, nil)
		if err != nil {
			t.Errorf("%s: %v", row.lua, err)
			continue
		}
		compare(t, row.lua, numbersOf(t, results[0]), lines[i], row.tolerance)
	}
}

// numbersOf returns the numbers of a result.
func numbersOf(t *testing.T, v lua.LValue) []complex128 {
	if z, ok := array.ToComplex(v); ok {
		return []complex128{z}
	}
	a, ok := array.To(v)
	if !ok {
		t.Fatalf("the result is %v", v)
	}
	w, err := a.Convert(array.Complex128)
	if err != nil {
		t.Fatal(err)
	}
	return array.Of[complex128](w)
}

func compare(t *testing.T, name string, got []complex128, line string, tolerance float64) {
	texts := strings.Split(line, ",")
	if len(got) != len(texts) {
		t.Errorf("%s: %d numbers, want %d", name, len(got), len(texts))
		return
	}
	want, largest := make([]complex128, len(texts)), 0.0
	for i, text := range texts {
		var re, im float64
		if _, err := fmt.Sscan(text, &re, &im); err != nil {
			t.Fatalf("%s: %q: %v", name, text, err)
		}
		want[i] = complex(re, im)
		largest = math.Max(largest, cmplx.Abs(want[i]))
	}
	for i := range want {
		if d := cmplx.Abs(got[i] - want[i]); !(d <= tolerance*largest) {
			t.Errorf("%s: number %d is %v, want %v", name, i+1, got[i], want[i])
			return
		}
	}
}
