package host_test

import (
	"fmt"
	"os"
	"runtime"
	"strconv"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// often gives how many times something is done: the number in a variable of the
// environment, which make soak sets, or one for every day.
func often(variable string, daily int) int {
	if n, err := strconv.Atoi(os.Getenv(variable)); err == nil {
		return n
	}
	return daily
}

// kept is what this process holds: master and workers are both in it.
type kept struct {
	heap              uint64
	goroutines, files int
}

// keeps tells what is held when what is about to end has ended: all that is
// more than at least, if it goes within 5 s.
func keeps(least kept) (now kept) {
	wait := 5 * time.Second
	if least == (kept{}) {
		wait = 200 * time.Millisecond
	}
	for end := time.Now().Add(wait); ; time.Sleep(20 * time.Millisecond) {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		files, _ := os.ReadDir("/proc/self/fd")
		now = kept{m.HeapAlloc, runtime.NumGoroutine(), len(files)}
		if now.goroutines <= least.goroutines && now.files <= least.files || time.Now().After(end) {
			return now
		}
	}
}

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
	run(`cluster = require "cluster"
		manager = cluster.MPIManager{ np = 2 }
		cluster.addprocs(manager)
		function again(n)
			for _ = 1, n do
				manager:restart() -- no chunk: its compiled form would be that of workers in this process
			end
		end
		again(20)`)
	before := keeps(kept{})
	times := often("MPICLUS_SOAK_RESTARTS", 200)
	run(fmt.Sprintf(`again(%d)`, times))
	after := keeps(before)
	grown := int64(after.heap) - int64(before.heap)
	if each := grown / int64(2*times); each > 2<<10 {
		t.Errorf("the heap grew by %d bytes, %d for each worker of each ended job", grown, each)
	}
	if after.goroutines > before.goroutines+10 || after.files > before.files+4 {
		t.Errorf("after %d restarts %+v, before %+v", times, after, before)
	}
	t.Logf("%d restarts: before %+v, after %+v", times, before, after)
}

// TestFailingCallsKeepNothing: calls that fail, in all ways, leave the processes
// as they were.
func TestFailingCallsKeepNothing(t *testing.T) {
	c := testkit.New(t, host.Config{})
	run := func(source string) {
		t.Helper()
		if err := c.Run(t.Context(), source); err != nil {
			t.Fatal(err)
		}
	}
	run(`cluster = require "cluster"
		manager = cluster.MPIManager{ np = 2 }
		cluster.addprocs(manager)
		pid = cluster.workers()[1]
		local function fails(f, ...) assert(not pcall(f, ...)) end
		function fail(n)
			for i = 1, n, 5 do
				fails(cluster.remotecall_fetch, function() error("no " .. i) end, pid)
				fails(cluster.remotecall_fetch, function() return coroutine.create(print) end, pid)
				fails(cluster.mpido, manager, function() error{ message = "no", errors = { {}, {} } } end)
				fails(cluster.fetch, cluster.spawnat(pid, function() local x = nil + 1 end))
				fails(cluster.remotecall_fetch, loadstring, pid, "not Lua", "text " .. i % 100, coroutine.create(print))
			end
		end
		fail(500)`)
	before := keeps(kept{})
	times := often("MPICLUS_SOAK_FAILURES", 1000)
	run(fmt.Sprintf(`fail(%d)`, times))
	after := keeps(before)
	if grown := int64(after.heap) - int64(before.heap); grown > 2<<20+int64(times)*16 {
		t.Errorf("the heap grew by %d bytes in %d calls that failed", grown, times)
	}
	if after.goroutines > before.goroutines+10 || after.files > before.files+4 {
		t.Errorf("after %d failures %+v, before %+v", times, after, before)
	}
	t.Logf("%d failing calls: before %+v, after %+v", times, before, after)
}
