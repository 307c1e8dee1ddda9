package tree

import (
	"os/exec"
	"strings"
	"testing"
)

// TestHabits: what other languages have is told in Lua 5.1's words, with what Lua
// has instead behind them.
func TestHabits(t *testing.T) {
	lua51, _ := exec.LookPath("lua5.1")
	for _, c := range []struct{ source, words, cure string }{
		{"if a != b then end", "'then' expected near '!'", "not equal is ~="},
		{"local x = a != b", "unexpected symbol near '!'", "not equal is ~="},
		{"if !a then end", "unexpected symbol near '!'", "write not"},
		{"if a && b then end", "'then' expected near '&'", "write and"},
		{"if a || b then end", "'then' expected near '|'", "write or"},
		{"x = 1\nx += 1", "'=' expected near '+'", "there is no +=: write x = x + 1"},
		{"f(function() return 1 end).x += 1", "'=' expected near '+'", "there is no +=: write f(function() return 1 end).x = f(function() return 1 end).x + 1"},
		{"t.a[1] -= n", "'=' expected near '-'", "there is no -=: write t.a[1] = t.a[1] - n"},
		{"s ..= 'a' .. f(b)", "'=' expected near '..'", "there is no ..=: write s = s .. …"},
		{"x *= 2 -- twice", "'=' expected near '*'", "there is no *=: write x = x * 2"},
		{"t['a b'] += 1", "'=' expected near '+'", "there is no +=: write x = x + 1"},
		{"x++", "'=' expected near '+'", "there is no ++: write x = x + 1"},
		{"x + 1", "'=' expected near '+'", ""},
		{"x == 1", "'=' expected near '=='", ""},
		{"x = 7 // 2", "unexpected symbol near '/'", "there is no //: division without a remainder is math.floor(a / b), and a comment begins with --"},
		{"// note", "unexpected symbol near '/'", "there is no //: division without a remainder is math.floor(a / b), and a comment begins with --"},
		{"x = / 2", "unexpected symbol near '/'", ""},
		{"for i = 1, 2 do\nif i > 1 then continue end\nend", "'=' expected near 'end'", "Lua 5.1 has no continue: put the rest of the loop into an if"},
		{"for i = 1, 2 do\ncontinue\nprint(i) end", "'=' expected near 'print'", "Lua 5.1 has no continue: put the rest of the loop into an if"},
		{"continued end", "'=' expected near 'end'", ""},
		{"if a then\nelif b then end", "'=' expected near 'b'", "write elseif"},
		{"def f() end", "'=' expected near 'f'", "write function"},
		{"var x = 1", "'=' expected near 'x'", "write local"},
		{"if a = 1 then end", "'then' expected near '='", "equal is =="},
		{"while a = 1 do end", "'do' expected near '='", "equal is =="},
		{"if a then\nf()\nelse if b then\ng()\nend\n", "'end' expected (to close 'if' at line 1) near '<eof>'", "the else if in line 3 begins an if that wants an end of its own: elseif does not"},
		{"function f()\nif a then\nelse if b then\nend\nend\n", "'end' expected (to close 'function' at line 1) near '<eof>'", "the else if in line 3 begins an if that wants an end of its own: elseif does not"},
		{"if a then\nelse\nif b then\nend\n", "'end' expected (to close 'if' at line 1) near '<eof>'", ""},
		{"if a then\nf()\n", "'end' expected (to close 'if' at line 1) near '<eof>'", ""},
		{"x = 'a != b\n'", "unfinished string near ''a != b'", ""},
		{"if a then else if b then end end x = = 1", "unexpected symbol near '='", ""},
	} {
		if lua51 != "" {
			said := exec.CommandContext(t.Context(), lua51, "-e", "io.write(select(2, loadstring(io.read('*a'), '@job.lua')))")
			said.Stdin = strings.NewReader(c.source)
			if out, err := said.Output(); err != nil || !strings.HasSuffix(string(out), ": "+c.words) {
				t.Errorf("%s: lua5.1 says %s, not %s", c.source, out, c.words)
			}
		}
		want := c.words
		if c.cure != "" {
			want += ": " + c.cure
		}
		_, err := Compile("job.lua", c.source)
		if err == nil {
			t.Errorf("%s: no error", c.source)
			continue
		}
		if _, got, _ := strings.Cut(err.Error()[len("job.lua:"):], ": "); got != want {
			t.Errorf("%s:\n got %s\nwant %s", c.source, got, want)
		}
	}
}

// TestHabitsTyped: who reads lines until they are a whole chunk finds '<eof>' at the
// end of the error.
func TestHabitsTyped(t *testing.T) {
	for _, name := range []string{"stdin", `[string "if a then"]`} {
		_, err := Compile(name, "if a then\nelse if b then\nend\n")
		if err == nil || !strings.HasSuffix(err.Error(), "near '<eof>'") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
