package tests

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// shell runs a command in a shell that has made a limit of the system lower.
func shell(limit string) func(*testing.T, []string) []string { return bash(limit + `; exec "$@"`) }

func bash(script string) func(*testing.T, []string) []string {
	return func(_ *testing.T, words []string) []string {
		return append([]string{"bash", "-c", script, "bash"}, words...)
	}
}

// fullDevice has the output of workers go to files that cannot be written to.
func fullDevice(t *testing.T, words []string) []string {
	dir := t.TempDir()
	for rank := range 3 {
		for _, stream := range []string{"out", "err"} {
			if err := os.Symlink("/dev/full", filepath.Join(dir, fmt.Sprintf("%d.%s", rank, stream))); err != nil {
				t.Fatal(err)
			}
		}
	}
	return outputTo(dir, words)
}

// fullDisk has the output of workers go to a disk that is soon full.
func fullDisk(t *testing.T, words []string) []string {
	dir := t.TempDir()
	return smallDisk(`mount -t tmpfs -o size=256k none "$0" && exec "$@"`, dir, outputTo(dir, words))
}

// fullFolder leaves no room for what a job keeps in files.
func fullFolder(t *testing.T, words []string) []string {
	dir := t.TempDir()
	return smallDisk(`mount -t tmpfs -o size=4k none "$0" && { head -c 4096 /dev/zero >"$0/full"; export MPICLUS_TMPDIR="$0"; exec "$@"; }`, dir, words)
}

// diskOf has a job keep its files on a disk of a size.
func diskOf(size string) func(*testing.T, []string) []string {
	return func(t *testing.T, words []string) []string {
		return smallDisk(`mount -t tmpfs -o size=`+size+` none "$0" && MPICLUS_TMPDIR="$0" exec "$@"`, t.TempDir(), words)
	}
}

// smallDisk runs a script as root of mounts of its own, who the user is
// otherwise.
func smallDisk(script, dir string, words []string) []string {
	before := []string{"unshare", "--mount"}
	if os.Getuid() != 0 {
		before = append(before, "--map-root-user")
	}
	return append(append(before, "sh", "-c", script, dir), words...)
}

// outputTo inserts where output goes into the command line of a master.
func outputTo(dir string, words []string) []string {
	return append([]string{words[0], "run", "--output", "file=" + dir}, words[2:]...)
}

// endLauncher ends an mpirun that waits, alone, for ranks that are gone: that of
// Open MPI 4 does when a rank is killed before it has called MPI_Init. What it
// leaves when it is killed goes as well.
func endLauncher(ctx context.Context, j *mpitest.Job) {
	for alone := 0; ctx.Err() == nil; time.Sleep(100 * time.Millisecond) {
		left := j.Processes()
		if len(left) != 1 || !kinds["launcher"](left[0]) {
			alone = 0
		} else if alone++; alone == 50 {
			folders := filepath.Join(left[0].Env("TMPDIR"), "ompi.*")
			_ = syscall.Kill(left[0].Pid, syscall.SIGKILL)
			time.Sleep(100 * time.Millisecond)
			found, _ := filepath.Glob(folders)
			for _, folder := range found {
				_ = os.RemoveAll(folder)
			}
		}
	}
}
