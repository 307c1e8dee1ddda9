package interp

import (
	"os"
	"runtime/debug"
)

// gcPercent trades memory for speed: every number that a Lua script computes
// is an allocation, and collecting at four times the live heap instead of
// once more takes about a fifth off a loop.
const gcPercent = 400

// TuneMemory sets Go's collector for a process that runs Lua, unless the user
// did with GOGC.
func TuneMemory() {
	if os.Getenv("GOGC") == "" {
		debug.SetGCPercent(gcPercent)
	}
}
