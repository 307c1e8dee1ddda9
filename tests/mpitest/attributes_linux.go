package mpitest

import "syscall"

// attributes give a job a process group of its own. When the test program
// dies, by its own time limit for example, the job is asked to end.
func attributes() *syscall.SysProcAttr {
	return &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGTERM}
}
