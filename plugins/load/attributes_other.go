//go:build !linux

package load

import "syscall"

// processAttributes puts a plugin in a process group of its own, out of reach
// of Ctrl-C. Its lifeline ends it with its host.
func processAttributes() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }
