package output

import (
	"strings"
	"testing"
)

func TestCrash(t *testing.T) {
	for name, c := range map[string]struct{ text, want string }{
		"none":   {"one\ngoroutine 1 [running]:\nPC=0x1\n", "one\ngoroutine 1 [running]:\nPC=0x1\n"},
		"panic":  {"before\npanic: boom\nmore\n\ngoroutine 7 [running]:\nmain.f()\n\tx.go:1\nexit status 2\n", "before\npanic: boom\nmore\n"},
		"nil":    {"panic: runtime error: invalid memory address\n[signal SIGSEGV: segmentation violation code=0x1]\n\ngoroutine 7 gp=0x1 m=0 [running]:\nmain.f()\n", "panic: runtime error: invalid memory address\n"},
		"C":      {"words SIGSEGV: segmentation violation\nPC=0x41 m=0 sigcode=0\nsignal arrived during cgo execution\n\ngoroutine 1 gp=0x2 [syscall]:\nx\nrax 0x1\n", "words SIGSEGV: segmentation violation\n"},
		"memory": {"fatal error: out of memory\n\nruntime stack:\nruntime.throw()\n", "fatal error: out of memory\n"},
	} {
		var whole, byLine crash
		if got := string(whole.keep([]byte(c.text))); got != c.want {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
		got := ""
		for line := range strings.Lines(c.text) {
			got += string(byLine.keep([]byte(line)))
		}
		if got != c.want {
			t.Errorf("%s, line by line: got %q, want %q", name, got, c.want)
		}
	}
}
