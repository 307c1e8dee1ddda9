package cluster_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// scriptEnds are ways to leave calls behind, and what is told of them.
var scriptEnds = map[string]struct{ body, want string }{
	"one":         {`f = cluster.remotecall(function() while true do end end, 3)`, "a call on pid 3 was still running when the script ended, and was dropped: "},
	"nobody's":    {`cluster.remotecall(function() while true do end end, 3)`, "a call on pid 3 was still running"},
	"several":     {`for i = 0, 3 do cluster.spawnat(2 + i % 2, function() cluster.sleep(100) end) end`, "4 calls on pids 2-3 were still running when the script ended, and were dropped: "},
	"in line":     {`for _ = 1, 2 do cluster.remotecall(function() while true do end end, 2) end`, "2 calls on pid 2 were"},
	"here":        {`cluster.remotecall(function() cluster.sleep(0.3) end, 1)`, "a call on pid 1 was"},
	"in a pool":   {`cluster.remotecall(function() cluster.sleep(100) end, cluster.WorkerPool{2})`, "a call on pid 2 was"},
	"remote_do":   {`cluster.remote_do(function() cluster.sleep(100) end, 3)`, ""},
	"fetched":     {`cluster.fetch(cluster.remotecall(cluster.myid, 3))`, ""},
	"waited for":  {`cluster.wait(cluster.remotecall(cluster.myid, 3))`, ""},
	"stopped":     {`local f = cluster.remotecall(function() while true do end end, 3) cluster.interrupt(3) pcall(cluster.wait, f)`, ""},
	"loops":       {`cluster.pmap(function(i) return i end, {1, 2, 3}) cluster.distributed("+", 1, 3, function(i) return i end) cluster.everywhere(function() end)`, ""},
	"with a job":  {`local m = cluster.MPIManager{ np = 1 } local p = cluster.addprocs(m) f = cluster.remotecall(function() cluster.sleep(100) end, p[1]) m:close()`, ""},
	"and a chunk": {`cluster.remotecall(function() cluster.sleep(100) end, 2) cluster.mpido(manager, function() end)`, "a call on pid 2 was"},
}

// TestDroppedCalls: calls that end with the script are told of, in one line,
// unless nobody could wait for them.
func TestDroppedCalls(t *testing.T) {
	for name, c := range scriptEnds {
		t.Run(name, func(t *testing.T) {
			k := testkit.New(t, host.Config{})
			if err := k.Run(t.Context(), start+c.body); err != nil {
				t.Fatal(err)
			}
			if text := k.Err.String(); text != "" {
				t.Errorf("told before the script has ended: %q", text)
			}
			if err := k.Close(); err != nil {
				t.Fatal(err)
			}
			checkDropped(t, k.Err.String(), c.want)
		})
	}
	for _, mode := range []string{"TCP_TRANSPORT_ALL", "MPI_TRANSPORT_ALL"} {
		t.Run(mode, func(t *testing.T) {
			script := `local cluster = require "cluster" cluster.start_main_loop(arg[1])
				for pid = 2, 3 do cluster.remotecall(function() cluster.sleep(100) end, pid) end`
			for rank, r := range testkit.Ranks(t, 3, script, mode) {
				want := ""
				if rank == 0 {
					want = "2 calls on pids 2-3 were"
				}
				if checkDropped(t, r.Err, want); r.Status != 0 {
					t.Errorf("rank %d: %+v", rank, r)
				}
			}
		})
	}
}

var droppedLine = regexp.MustCompile(`^mpiclus-lua: [^\n]*cluster\.wait\(future\) or cluster\.fetch\(future\)[^\n]*\n$`)

func checkDropped(t *testing.T, text, want string) {
	t.Helper()
	if want == "" && text != "" || want != "" && (!droppedLine.MatchString(text) || !strings.Contains(text, want)) {
		t.Errorf("told %q, want %q", text, want)
	}
}
