package host_test

import (
	"runtime"
	"testing"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// TestRestartsKeepNothing: what the master held for the workers of a job goes
// when the job ends.
func TestRestartsKeepNothing(t *testing.T) {
	c := testkit.New(t, host.Config{})
	run := func(source string) {
		t.Helper()
		if err := c.Run(t.Context(), source); err != nil {
			t.Fatal(err)
		}
	}
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	run(`cluster = require "cluster"
		manager = cluster.MPIManager{ np = 2 }
		cluster.addprocs(manager)
		function again(n)
			for _ = 1, n do
				manager:restart() -- no chunk: its compiled form would be that of workers in this process
			end
		end
		again(20)`)
	before := heap()
	const times = 200
	run(`again(200)`)
	grown := int64(heap()) - int64(before)
	if each := grown / (2 * times); each > 2<<10 {
		t.Errorf("the heap grew by %d bytes, %d for each worker of each ended job", grown, each)
	}
}
