package value

import (
	"strings"
	"testing"
)

// TestLargeTables: what gopher-lua would write wrong without a word is an error
// with its line; up to there tables are whole. (What is rewritten is compared
// with Lua 5.1 by TestDialect of internal/interp.)
func TestLargeTables(t *testing.T) {
	for _, c := range []struct {
		name, source, want string
	}{
		{"most", "return {" + strings.Repeat("7,", 25550) + "}", ""},
		{"too many", "\nreturn {" + strings.Repeat("7,", 25551) + "}", "job.lua:2: a table can be written with 25550 values"},
		{"call after 50", "\n\nlocal t = {" + strings.Repeat("7,", 50) + "f()}", "job.lua:3: a table cannot be written with 50, 100"},
		{"vararg after 100", "return {" + strings.Repeat("7,", 100) + "...}", "job.lua:1: a table cannot be written with 50, 100"},
		{"one value of a call after 50", "return {" + strings.Repeat("7,", 50) + "(f())}", ""},
		{"call, then a name", "return {" + strings.Repeat("7,", 50) + "f(), x = 1}", ""},
		{"call after 51", "return {" + strings.Repeat("7,", 51) + "f()}", ""},
	} {
		got := ""
		if _, err := compile("job.lua", c.source); err != nil {
			got = err.Error()
		}
		if !strings.HasPrefix(got, c.want) || (got == "") != (c.want == "") {
			t.Errorf("%s: got error %q, want %q", c.name, got, c.want)
		}
	}
}
