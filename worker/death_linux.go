package worker

import (
	"os"
	"syscall"
)

const prSetPdeathsig = 1

// dieWithParent asks the kernel to end this process when the launcher that
// started it is gone.
func dieWithParent() {
	parent := os.Getppid()
	_, _, _ = syscall.RawSyscall(syscall.SYS_PRCTL, prSetPdeathsig, uintptr(syscall.SIGTERM), 0)
	if os.Getppid() != parent { // it went before the request
		os.Exit(1)
	}
}
