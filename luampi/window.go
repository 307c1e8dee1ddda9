package luampi

import (
	"fmt"
	"runtime"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// window is memory that is open to other processes. It lives until Win_free,
// whoever holds its userdata. Libraries check little of what is done to a
// window, so bounds and epochs are checked here.
type window struct {
	handle  uint64
	comm    *mpi.Comm
	arr     *array.Array // the own memory; nil in a dynamic window
	pinner  runtime.Pinner
	dynamic bool
	shared  bool
	typ     array.Type
	freed   bool
	bytes   []int        // of each rank's memory
	units   []int        // of each rank's displacements
	types   []array.Type // of each rank's array

	alone bool         // accesses need nothing of this rank
	rest  func()       // ends what helps accesses along
	lease *array.Lease // of memory that goes with the window
	lent  []span       // that memory, as far as scripts have arrays of it

	attached  []*attached     // of a dynamic window
	origins   map[origin]bool // of accesses that are not complete
	fenced    bool
	lockedAll bool
	locked    map[int]bool
	started   bool
	targets   map[int]bool // of the epoch that is started
	posted    bool
}

// Kind names it in errors about arguments.
func (*window) Kind() string { return "window" }

func (w *window) text() string {
	switch {
	case w.freed:
		return "window (freed)"
	case w.dynamic:
		return "dynamic window"
	}
	return fmt.Sprintf("window of %d bytes", w.bytes[w.comm.Rank])
}

// unusable says why a window cannot be used, "" if it can.
func (w *window) unusable() string {
	if w.freed {
		return "the window was freed"
	}
	return w.comm.Ended()
}

// attached is an array that a dynamic window opens to other ranks. It stays in
// its place until it is detached, or the window is freed.
type attached struct {
	arr    *array.Array
	pinner runtime.Pinner
}

// origin is an array of this process that an access to a window reads or writes,
// and the rank whose part of the window it accesses. MPI may do it as late as in
// the call that completes the access, so the window keeps the array until then,
// whatever the script does with it.
type origin struct {
	arr    *array.Array
	target int
}
