package tests

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
)

// shell runs a command in a shell that has made a limit of the system lower.
// Some launchers wait for ever then: they are ended in the time that a fault
// may take.
func shell(limit string) func(*testing.T, []string) []string {
	return bash(limit + `; exec timeout -k 2 10 "$@"`)
}

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

// fullFolders leaves no room for what a job keeps in files.
func fullFolders(t *testing.T, words []string) []string {
	dir := t.TempDir()
	return smallDisk(`mount -t tmpfs -o size=4k none "$0" && { head -c 4096 /dev/zero >"$0/full"; export TMPDIR="$0" MPICLUS_TMPDIR="$0"; exec timeout -k 2 10 "$@"; }`, dir, words)
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
