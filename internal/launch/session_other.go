//go:build !linux

package launch

import "syscall"

func ownSession(Kind) *syscall.SysProcAttr { return &syscall.SysProcAttr{Setsid: true} }

// DieWithParent does nothing here: this system knows no such order.
func DieWithParent(syscall.Signal) error { return nil }

// members tells no more than whether the leader's group is there: other
// systems have no common way to list a session.
func members(sid int, _ string) []int {
	if syscall.Kill(-sid, 0) == nil {
		return []int{-sid}
	}
	return nil
}

// rankOf cannot be told here.
func rankOf(int) int { return -1 }
