package lineedit

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestShorten: a history that has become long keeps its last inputs, in a file that
// others cannot read.
func TestShorten(t *testing.T) {
	file := filepath.Join(t.TempDir(), "history")
	for _, count := range []int{0, 1, 2 * keptInputs, 2*keptInputs + 1} {
		var text strings.Builder
		for i := range count {
			fmt.Fprintf(&text, "{%q:%q}\n", "block", fmt.Sprint(i))
		}
		if err := os.WriteFile(file, []byte(text.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := shorten(file); err != nil {
			t.Fatal(err)
		}
		left, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		want := text.String()
		if count > 2*keptInputs {
			want = want[strings.Index(want, fmt.Sprintf("{\"block\":\"%d\"}", count-keptInputs)):]
		}
		if string(left) != want {
			t.Errorf("of %d inputs %d are left", count, strings.Count(string(left), "\n"))
		}
		if info, err := os.Stat(file); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%v, %v", info.Mode(), err)
		}
	}
}

// TestOutput: what is written while somebody edits is kept for the editor, once it is
// told, and what is left when that ends is written.
func TestOutput(t *testing.T) {
	f, err := os.Create(filepath.Join(t.TempDir(), "terminal"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	told := 0
	o := &output{wake: func() { told++ }}
	w := &Writer{File: f, out: o}
	write := func(text string) {
		if n, err := w.Write([]byte(text)); n != len(text) || err != nil {
			t.Errorf("%q: %d, %v", text, n, err)
		}
	}
	write("before\n")
	o.edit(true)
	write("kept ")
	write("together\n")
	if got := o.take(); told != 1 || got != "kept together\n" {
		t.Errorf("told %d times of %q", told, got)
	}
	write("left")
	o.edit(false)
	write("\nafter\n")
	if text, err := os.ReadFile(f.Name()); string(text) != "before\nleft\nafter\n" {
		t.Errorf("%q, %v", text, err)
	}
}

// TestHistoryFile: where inputs are kept.
func TestHistoryFile(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	for state, want := range map[string]string{
		"": home + "/.local/state/x/history", "/state": "/state/x/history", "relative": home + "/.local/state/x/history",
	} {
		t.Setenv("XDG_STATE_HOME", state)
		if got := HistoryFile("x"); got != want {
			t.Errorf("%q: got %s, want %s", state, got, want)
		}
	}
	t.Setenv("XDG_STATE_HOME", "")
	t.Setenv("HOME", filepath.Join(home, "none"))
	if got := HistoryFile("x"); got != "" {
		t.Errorf("without a home: %s", got)
	}
}
