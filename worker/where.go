package worker

import (
	"bytes"
	"os"
	"strconv"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// lineLimit is how long the code that runs may take to tell its line.
const lineLimit = 50 * time.Millisecond

// Where tells what the process is at. It needs neither the interpreter nor MPI, and
// may be called from any goroutine; it takes lineLimit at most.
func (p *Process) Where() protocol.Where {
	return Look(p.Session.World(), p.Cluster.Eval.Interp)
}

// Look tells what a process is at that is in MPI.
func Look(world World, in *interp.Interp) protocol.Where {
	w := world.Look()
	w.Tasks, w.Queue, w.Memory = Tasks(in), in.InLine(), Memory()
	return w
}

// Tasks tells what the tasks of an interpreter are at.
func Tasks(in *interp.Interp) (list []protocol.Task) {
	for _, l := range in.Looks(lineLimit) {
		list = append(list, protocol.Task{Number: l.Number, Task: l.Task, Main: l.Main, State: string(l.State), Where: l.Where, Call: l.Call, Since: l.Since})
	}
	return list
}

// Memory is how many bytes of this process are in memory; where the system does not
// tell, what the objects of Go take.
func Memory() uint64 {
	text, err := os.ReadFile("/proc/self/statm")
	if fields := bytes.Fields(text); err == nil && len(fields) > 1 {
		if pages, err := strconv.ParseUint(string(fields[1]), 10, 64); err == nil {
			return pages * uint64(os.Getpagesize())
		}
	}
	return interp.HeapBytes()
}
