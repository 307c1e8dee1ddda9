//go:build !lockcheck

package interp

// MustNotHold marks a place where a goroutine may wait. Built with the tag
// lockcheck it panics when the goroutine holds an interpreter; else it is
// nothing.
func MustNotHold() {}

func noteHolder()   {}
func noteReleased() {}
