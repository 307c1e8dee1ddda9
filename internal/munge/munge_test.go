package munge

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// daemon starts a munged of the test's own, with commands in PATH that talk to it,
// and skips where there is none.
func daemon(t *testing.T) {
	t.Helper()
	real := map[string]string{}
	for _, name := range []string{"munged", "munge", "unmunge"} {
		path, err := exec.LookPath(name)
		if err != nil {
			if path = "/usr/sbin/" + name; os.Getuid() != 0 || exec.Command("test", "-x", path).Run() != nil {
				t.Skip("needs ", name)
			}
		}
		real[name] = path
	}
	// A munged asks for a folder that only root can change, or its own user.
	dir, err := os.MkdirTemp("/var/tmp", "mpiclus-munge-")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if err := os.Chmod(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	in := func(name string) string { return filepath.Join(dir, name) }
	if err := os.WriteFile(in("key"), []byte(strings.Repeat("k", 128)), 0o400); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(real["munged"], "--force", "--foreground", "--key-file="+in("key"), "--socket="+in("socket"),
		"--pid-file="+in("pid"), "--log-file="+in("log"), "--seed-file="+in("seed"))
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	for end := time.Now().Add(10 * time.Second); ; time.Sleep(10 * time.Millisecond) {
		if _, err := os.Stat(in("socket")); err == nil {
			break
		}
		if time.Now().After(end) {
			log, _ := os.ReadFile(in("log"))
			t.Fatalf("munged did not come up:\n%s", log)
		}
	}
	commands := t.TempDir()
	for _, name := range []string{"munge", "unmunge"} {
		script := fmt.Sprintf("#!/bin/sh\nexec %s --socket=%s \"$@\"\n", real[name], in("socket"))
		if err := os.WriteFile(filepath.Join(commands, name), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Setenv("PATH", commands+":"+os.Getenv("PATH"))
}

// TestSeal seals and opens a text with a real daemon, twice, as two processes of one
// host do; what was changed on its way is refused.
func TestSeal(t *testing.T) {
	daemon(t)
	if !Answers() {
		t.Fatal("it does not answer")
	}
	for _, text := range []string{"the secret", "", "UID: 7\n\nlines\n\nand lines\n"} {
		sealed, err := Seal(text)
		if err != nil {
			t.Fatal(err)
		}
		if !IsSealed(sealed) || text != "" && strings.Contains(sealed, text) {
			t.Errorf("%q became %q", text, sealed)
		}
		for range 2 {
			if got, err := Open(sealed); err != nil || got != text {
				t.Errorf("got %q, %v, want %q", got, err, text)
			}
		}
		at := len(sealed) / 2
		other := byte('A')
		if sealed[at] == other {
			other = 'B'
		}
		if got, err := Open(sealed[:at] + string(other) + sealed[at+1:]); err == nil {
			t.Errorf("what was changed gave %q", got)
		}
	}
}

// TestOpenErrors holds what is said where MUNGE cannot help, with commands that do
// as theirs would.
func TestOpenErrors(t *testing.T) {
	commands := t.TempDir()
	t.Setenv("PATH", commands+":/usr/bin:/bin")
	for _, c := range []struct{ unmunge, want string }{
		{"echo 'UID:  4000000'; echo; printf text", "sealed by user 4000000, not by this one"},
		{"echo 'UID:  0'; echo; exit 16", "the clock of this host is behind"},
		{"exit 15", "sealed too long ago"},
		{"exit 18", "sealed for another user"},
		{"echo 'unmunge: Error: no socket' >&2; exit 6", "status 6: unmunge: Error: no socket (is munged running"},
		{"printf text", "did not say whose it is"},
	} {
		if err := os.WriteFile(filepath.Join(commands, "unmunge"), []byte("#!/bin/sh\ncat >/dev/null\n"+c.unmunge+"\n"), 0o755); err != nil {
			t.Fatal(err)
		}
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
