package output

import (
	"bytes"
	"testing"
)

// FuzzOutput has any output of a worker shown: no control sequence reaches the
// terminal, and of a crash the same lines are left however they come.
func FuzzOutput(f *testing.F) {
	for _, text := range []string{
		"plain\ttext\n", "\x1b[2J\x1b]0;x\x07", "50%\r60%\r\n", "a\u009b31m\xc2", "\xff\xfe",
		"panic: boom\nmore\n\ngoroutine 7 [running]:\nmain.f()\n\tx.go:1\n", "runtime: out of memory\nfatal error: out of memory\n\nruntime stack:\nx\n",
		"SIGSEGV: segmentation violation\nPC=0x41 m=0\nsignal arrived during cgo execution\n\nrax 0x1\n",
	} {
		f.Add([]byte(text))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		shown := visible(bytes.Clone(text))
		if rest := bytes.ReplaceAll(shown, []byte("\r\n"), []byte("\n")); bytes.ContainsFunc(rest, hidden) {
			t.Errorf("%q is shown as %q", text, shown)
		}
		var whole, byLine crash
		want := whole.keep(bytes.Clone(text))
		var got []byte
		for line := range bytes.Lines(text) {
			got = append(got, byLine.keep(bytes.Clone(line))...)
		}
		if !bytes.Equal(got, want) {
			t.Errorf("of %q\n%q is left, and line by line\n%q", text, want, got)
		}
	})
}
