package munge

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// commands puts a munge and an unmunge in front of the PATH that do as these lines of
// a shell say. The real ones are tried by tests/slurm/run, which starts their daemon.
func commands(t *testing.T, munge, unmunge string) {
	t.Helper()
	dir := t.TempDir()
	for name, script := range map[string]string{"munge": munge, "unmunge": unmunge} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte("#!/bin/sh\n"+script+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", dir+":/usr/bin:/bin")
}

// TestSeal seals texts for this user, and opens them as the first process of a host
// does and as those after it do, to which unmunge says that it was opened before.
func TestSeal(t *testing.T) {
	user := strconv.Itoa(os.Geteuid())
	seal := `case " $* " in *" --restrict-uid=` + user + ` "*) ;; *) exit 1 ;; esac; printf MUNGE:; base64 -w 0; echo :`
	for _, status := range []string{"0", "17"} {
		commands(t, seal, "printf 'UID:             "+user+"\n\n'; sed 's/^MUNGE://; s/:$//' | base64 -d; exit "+status)
		if !Answers() {
			t.Fatal("it does not answer")
		}
		for _, text := range []string{"the secret", "", "UID: 7\n\nlines\n\nand lines\n"} {
			sealed, err := Seal(text)
			if err != nil || !IsSealed(sealed) || text != "" && strings.Contains(sealed, text) {
				t.Fatalf("%q became %q, %v", text, sealed, err)
			}
			if got, err := Open(sealed); err != nil || got != text {
				t.Errorf("got %q, %v, want %q", got, err, text)
			}
		}
	}
}

// TestOpenErrors holds what is said where MUNGE cannot help, with commands that do
// as theirs would.
func TestOpenErrors(t *testing.T) {
	for _, c := range []struct{ unmunge, want string }{
		{"echo 'UID:  4000000'; echo; printf text", "sealed by user 4000000, not by this one"},
		{"echo 'UID:  0'; echo; exit 16", "the clock of this host is behind"},
		{"exit 15", "sealed too long ago"},
		{"exit 18", "sealed for another user"},
		{"echo 'unmunge: Error: no socket' >&2; exit 6", "status 6: unmunge: Error: no socket (is munged running"},
		{"printf text", "did not say whose it is"},
	} {
		commands(t, "exit 1", "cat >/dev/null\n"+c.unmunge)
		if _, err := Open("MUNGE:x:"); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", c.unmunge, err, c.want)
		}
	}
	t.Setenv("PATH", t.TempDir())
	if _, err := Seal("x"); err == nil || !strings.Contains(err.Error(), "is munged running on this host?") {
		t.Error(err)
	}
	if Answers() {
		t.Error("it answers without a command")
	}
}
