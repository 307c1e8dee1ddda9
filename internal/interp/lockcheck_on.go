//go:build lockcheck

package interp

import (
	"bytes"
	"runtime"
	"sync"
)

// holders are the goroutines that hold an interpreter.
var holders sync.Map

// MustNotHold panics when the calling goroutine holds an interpreter: it is
// about to wait, which is the one thing that nobody may do then.
func MustNotHold() {
	if _, held := holders.Load(goroutine()); held {
		panic("interp: a wait while holding the interpreter: use Interp.Wait")
	}
}

func noteHolder()   { holders.Store(goroutine(), true) }
func noteReleased() { holders.Delete(goroutine()) }

// goroutine returns the number of the calling goroutine, which Go tells only in
// a stack trace.
func goroutine() string {
	buf := make([]byte, 64)
	buf = buf[:runtime.Stack(buf, false)]
	return string(bytes.Fields(buf)[1])
}
