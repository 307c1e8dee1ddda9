package tree

import (
	"fmt"
	"strings"
	"testing"
)

func list(n int) string {
	var b strings.Builder
	b.WriteString("return {")
	for i := range n {
		fmt.Fprintf(&b, "%d, ", i%97)
	}
	return b.String() + "}"
}

// TestFlaws: what cannot be compiled says so with its line. (What can is
// compared with Lua 5.1 by TestDialect of internal/interp.)
func TestFlaws(t *testing.T) {
	for _, c := range []struct{ source, want string }{
		{"return 1", ""},
		{"\n\nx = " + strings.Repeat("(", 300) + "1", "job.lua:3: chunk has too many syntax levels"},
		{strings.Repeat("do ", 3_000_000), "job.lua:1: chunk has too many syntax levels"},
		{"x = 1" + strings.Repeat(" + 1", maxDepth+1), "job.lua:1: a chain of more than 10000 operators"},
		{"x = 1" + strings.Repeat(" + 1", 1000), ""},
		{"if a then\n" + strings.Repeat("elseif b then\n", 1000) + "end", ""},
		{"\na" + strings.Repeat(", a", 197) + " = 1", ""},
		{"\na" + strings.Repeat(", a", 1_000_000) + " = 1", "job.lua:2: function has more than 198 variables in assignment"},
		{"\na" + strings.Repeat(", a", 198) + " = 1", "job.lua:2: function has more than 198 variables in assignment"},
		{strings.Repeat("if a then end\n", 30_000) + "local function f() " + strings.Repeat("if a then end ", 3_000) + "end", ""},
		{strings.Repeat("if a then end\n", 32_768), "job.lua:32768: function has more than 32767 branches: divide it"},
		{"\nlocal f\nf = f\n(1)", "job.lua:4: ambiguous syntax (function call x new statement) near '('"},
		{"local f\n(f or print)(1)", ""},
		{"x = 1;;", "job.lua:1: unexpected symbol near ';'"},
		{"x = {1,,2}", "job.lua:1: unexpected symbol near ','"},
		{"\nx = 3x", "job.lua:2: malformed number near '3x'"},
		{"x = '\\256'", "job.lua:1: escape sequence too large near '''"},
		{"goto nowhere", "job.lua:1: no visible label 'nowhere' for <goto>"},
		{"do\ngoto l end local a ::l:: print(a)", "job.lua:2: <goto l> jumps into the scope of local 'a'"},
		{"(f())", "job.lua:1: syntax error"},
		{list(60000), ""},
	} {
		_, err := Compile("job.lua", c.source)
		got := ""
		if err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%.60s: got error %q, want %q", c.source, got, c.want)
		}
	}
}

// TestManyStatements: the time to compile grows with the source, not with its
// square.
func TestManyStatements(t *testing.T) {
	for _, source := range []string{strings.Repeat("a = 1 ", 200_000), strings.Repeat("goto l ", 20_000) + "::l::", list(200_000)} {
		if _, err := Compile("job.lua", source); err != nil {
			t.Errorf("%.60s: %v", source, err)
		}
	}
}

func BenchmarkLook(b *testing.B) {
	source := list(10000)
	b.Run("look", func(b *testing.B) {
		for b.Loop() {
			look(source)
		}
	})
	b.Run("compile", func(b *testing.B) {
		for b.Loop() {
			_, _ = Compile("job.lua", source)
		}
	})
}
