package native_test

import (
	"fmt"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// kernels are the loops that make bench-native measures, of n steps each; those of
// testdata/kernels.c are the same.
var kernels = []struct{ name, source string }{
	{"pi", `local h, s = 1 / n, 0 for i = 1, n do local x = h * (i - 0.5) s = s + 4 / (1 + x * x) end`},
	{"mandelbrot", `local steps, k = 0, 0 while steps < n do
local cr, ci, x, y = -2 + 2.5 * (k % 500) / 500, 1.2 * (k % 77) / 77, 0, 0
for i = 1, 200 do local t = x * x - y * y + cr y = 2 * x * y + ci x = t steps = steps + 1 if x * x + y * y > 4 then break end end k = k + 1 end`},
	{"collatz", `local steps, i = 0, 1 while steps < n do local k = i while k ~= 1 do if k % 2 == 0 then k = k / 2 else k = 3 * k + 1 end steps = steps + 1 end i = i + 1 end`},
	{"dot", `local m, s = 100000, 0 local a, b = array.zeros(m), array.ones(m) for i = 1, m do a[i] = i end
for k = 1, n / m do for i = 1, m do s = s + a[i] * b[i] end end`},
	{"stencil", `local m = 512 local a, b = array.zeros(m * m), array.zeros(m * m) for r = 1, n / (m * m) do
for i = 1, m - 2 do for j = 2, m - 1 do local p = i * m + j a[p] = 0.25 * (b[p - 1] + b[p + 1] + b[p - m] + b[p + m]) end end a, b = b, a end`},
	{"matmul", `local m = 200 local a, b, c = array.ones(m * m), array.ones(m * m), array.zeros(m * m) for r = 1, n / m^3 do
for i = 0, m - 1 do for k = 0, m - 1 do local x = a[i * m + k + 1] for j = 1, m do c[i * m + j] = c[i * m + j] + x * b[k * m + j] end end end end`},
	{"waves", `local s, sin, exp = 0, math.sin, math.exp for i = 1, n do s = s + sin(i) * exp(-1e-6 * i) end`},
}

// BenchmarkKernels tells the nanoseconds of a step: natively, in the interpreter,
// and in C with gcc -O2, where that is.
func BenchmarkKernels(b *testing.B) {
	inC := filepath.Join(b.TempDir(), "kernels")
	if out, err := exec.Command("gcc", "-O2", "-o", inC, "testdata/kernels.c", "-lm").CombinedOutput(); err != nil {
		b.Logf("no C: %v %s", err, out)
		inC = ""
	}
	for _, k := range kernels {
		for _, on := range []bool{true, false} {
			n, name := 2e7, k.name+"/native"
			if !on {
				n, name = 1e6, k.name+"/interpreted"
				if k.name == "matmul" {
					n = 8e6
				}
			}
			b.Run(name, func(b *testing.B) {
				for range b.N {
					out := run(b, on, fmt.Sprintf(`local array, n = require "array", %g local begin = os.clock() %s print((os.clock() - begin) * 1e9 / n)`, n, k.source))
					report(b, out)
				}
			})
		}
		if inC == "" {
			continue
		}
		b.Run(k.name+"/C", func(b *testing.B) {
			for range b.N {
				out, err := exec.Command(inC, k.name, "20000000").Output()
				if err != nil {
					b.Fatal(err)
				}
				report(b, string(out))
			}
		})
	}
}

// report notes the nanoseconds that a run printed first.
func report(b *testing.B, out string) {
	var ns float64
	if _, err := fmt.Sscan(strings.TrimSpace(out), &ns); err != nil {
		b.Fatalf("%s: %v", out, err)
	}
	b.ReportMetric(ns, "ns/step")
	b.ReportMetric(0, "ns/op")
}
