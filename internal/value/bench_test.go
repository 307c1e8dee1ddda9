package value

import (
	"testing"
)

// benchmarks are the values whose way there and back is timed.
var benchmarks = []struct{ name, source string }{
	{"number", `return 1.5`},
	{"record", `return {a = 1, b = "two", c = {1, 2, 3}}`},
	{"function", `local a, b = 2, {x = 3} return function(c) return a * b.x * c end, 7`},
	{"function of a module", `local floor = math.floor return function(c) return floor(c) end, 7`},
	{"floats131072", `local t = {} for i = 1, 131072 do t[i] = i + 0.5 end return t`},
	{"records10000", `local t = {} for i = 1, 10000 do t[i] = {id = i, name = "n" .. i, x = i / 3} end return t`},
	{"strings100000", `local t = {} for i = 1, 100000 do t[i] = "string " .. i end return t`},
	{"array1M", `return require("array").zeros(1e6)`},
}

func BenchmarkEncode(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			p := newProcess(b, 1)
			vs := p.eval(b, "bench.lua", bench.source)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Encode(p.L, "", vs...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkDecode(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			p := newProcess(b, 1)
			m, err := p.Encode(p.L, "", p.eval(b, "bench.lua", bench.source)...)
			if err != nil {
				b.Fatal(err)
			}
			b.ReportAllocs()
			for b.Loop() {
				p.Missing(m)
				if _, err := p.Decode(p.L, m); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func BenchmarkCopy(b *testing.B) {
	for _, bench := range benchmarks {
		b.Run(bench.name, func(b *testing.B) {
			p := newProcess(b, 1)
			vs := p.eval(b, "bench.lua", bench.source)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := p.Copy(p.L, "", vs...); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
