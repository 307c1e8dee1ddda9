//go:build !linux

package launch

import "syscall"

func ownSession() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// sessionMembers tells no more than whether the leader's group is there: other
// systems have no common way to list a session.
func sessionMembers(sid int) []int {
	if syscall.Kill(-sid, 0) == nil {
		return []int{-sid}
	}
	return nil
}
