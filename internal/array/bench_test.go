package array

import (
	"fmt"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// benchScript times a script that does the work once a call; work is the
// number of elements it touches.
func benchScript(b *testing.B, work int, setup, body string) {
	L := newState(b)
	if err := L.DoString(setup + "\nfunction work() " + body + " end"); err != nil {
		b.Fatal(err)
	}
	f := L.GetGlobal("work")
	b.ReportAllocs()
	for b.Loop() {
		if err := L.CallByParam(lua.P{Fn: f}); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N)/float64(work), "ns/element")
}

func BenchmarkIndex(b *testing.B) {
	for _, t := range []Type{Float64, Int32, Int64, Complex128} {
		setup := fmt.Sprintf("a = array.ones(1000, '%s'); one = a[1]", t)
		b.Run("read/"+t.String(), func(b *testing.B) {
			benchScript(b, 1000, setup, "local a, x = a for i = 1, #a do x = a[i] end")
		})
		b.Run("write/"+t.String(), func(b *testing.B) {
			benchScript(b, 1000, setup, "local a, x = a, one for i = 1, #a do a[i] = x end")
		})
	}
	b.Run("table", func(b *testing.B) {
		benchScript(b, 1000, "a = array.ones(1000):totable()", "local a, x = a for i = 1, #a do x = a[i] end")
	})
	b.Run("loop", func(b *testing.B) {
		benchScript(b, 1000, "a = array.ones(1000)", "local a, x = a for i = 1, #a do x = i end")
	})
	b.Run("method", func(b *testing.B) {
		benchScript(b, 1000, "a = array.ones(1)", "local a, x = a for i = 1, 1000 do x = a:type() end")
	})
}

func BenchmarkWhole(b *testing.B) {
	setup := "x, y = array.rand(1e6), array.rand(1e6); i = array.full(1e6, 3, 'int32'); f = x:to'float32'; m = array.rand(500, 500)"
	for _, body := range []string{
		"x:sum()", "f:sum()", "i:sum()", "x:dot(y)", "x:axpy(1e-9, y)", "f:axpy(1e-9, f)", "i:axpy(0, i)",
		"return x + y", "return x * 2", "return i + i", "return i * 2", "return x ^ 2", "return x:lt(0.5)", "return x:sqrt()",
		"x:min()", "return x:cumsum()", "x:norm()", "return x:copy()", "return x:to'float32'", "return m:t()", "return m:matmul(m)", "return y:copy():sort()",
		"return x:map(function(v) return v end)", "x:fill(1)", "return x == y", "return array.rand(1e6)",
	} {
		b.Run(body, func(b *testing.B) { benchScript(b, 1000000, setup, body) })
	}
}
