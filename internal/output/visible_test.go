package output

import (
	"bytes"
	"testing"
)

func TestVisible(t *testing.T) {
	for text, want := range map[string]string{
		"plain\tüµ°日本\n":       "plain\tüµ°日本\n",
		"\x1b[2J\x1b]0;x\x07":  "^[[2J^[]0;x^G",
		"50%\r60%\r\n":         "50%^M60%\r\n",
		"a\bb\x00\x7f":         "a^Hb^@^?",
		"\u009b31m":            "<U+009B>31m",
		"cut \xc2":             `cut \xc2`,
		"\xff\xfe is no UTF-8": "\xff\xfe is no UTF-8",
		"":                     "",
	} {
		if got := string(visible([]byte(text))); got != want {
			t.Errorf("%q is shown as %q, want %q", text, got, want)
		}
	}
}

// TestControlSequences: they reach a terminal only with --output raw; files,
// pipes and other programs get what was written.
func TestControlSequences(t *testing.T) {
	const text = "\x1b[31mred\n"
	for name, c := range map[string]struct {
		mode     string
		terminal bool
		want     string
	}{
		"live": {"live", true, "[0] ^[[31mred\n"}, "grouped": {"grouped", true, "[0] ^[[31mred\n"}, "raw": {"raw", true, "[0] " + text}, "a pipe": {"live", false, "[0] " + text},
	} {
		for _, stream := range []int{StreamOut, StreamErr} {
			var out, err bytes.Buffer
			console := NewConsole(&out, &err)
			console.Out.terminal, console.Err.terminal = c.terminal, c.terminal
			d, problem := NewDisplay(c.mode, console, false)
			if problem != nil {
				t.Fatal(problem)
			}
			d.show("0", stream, []byte(text))
			if got := out.String() + err.String(); got != c.want {
				t.Errorf("%s: %q, want %q", name, got, c.want)
			}
		}
	}
}
