//go:build !linux

package launch

// CloseInheritedOnExec does nothing here: what Go opens is not inherited anyway.
func CloseInheritedOnExec() {}
