//go:build !linux

package mpitest

import "syscall"

// attributes give a job a process group of its own.
func attributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
