package mpitest

import (
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
)

// lock lets jobs of several test programs, which run at once, share the
// machine: many usual ones, or one that wants to be alone.
func lock(t testing.TB, alone bool) (unlock func()) {
	t.Helper()
	name := filepath.Join(os.TempDir(), fmt.Sprintf("mpitest-%d.lock", os.Getuid()))
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		t.Fatal(err)
	}
	how := syscall.LOCK_SH
	if alone {
		how = syscall.LOCK_EX
	}
	for {
		err = syscall.Flock(int(f.Fd()), how)
		if err != syscall.EINTR {
			break
		}
	}
	if err != nil {
		t.Fatalf("lock %s: %v", name, err)
	}
	return func() { f.Close() }
}
