package launch

import (
	"math"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// CloseInheritedOnExec keeps the files that this process has inherited, but for
// standard input, output and error, from the processes that it starts. Hydra hands
// each rank the pipes of other ranks, and waits until no process has them open: a
// command that a script leaves in the background must not keep a job from ending.
func CloseInheritedOnExec() {
	const first = 3
	if unix.CloseRange(first, math.MaxUint32, unix.CLOSE_RANGE_CLOEXEC) == nil {
		return
	}
	files, _ := os.ReadDir("/proc/self/fd") // Linux before 5.11
	for _, f := range files {
		if n, err := strconv.Atoi(f.Name()); err == nil && n >= first {
			unix.CloseOnExec(n)
		}
	}
}
