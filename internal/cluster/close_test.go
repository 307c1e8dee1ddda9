package cluster_test

import (
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// leftCalls are calls that nobody waits for and that run when the manager is
// closed.
var leftCalls = map[string]string{
	"by the master":        `cluster.remote_do(function() while true do end end, 3)`,
	"to all":               `for pid = 2, 3 do cluster.remote_do(function() begun = true end, pid) end`,
	"by a worker":          `cluster.remotecall_fetch(function() cluster.remote_do(function() while true do end end, 3) end, 2)`,
	"by the second worker": `cluster.remotecall_fetch(function() cluster.remote_do(function() while true do end end, 2) end, 3)`,
}

// TestCloseIsSilent: who closes a manager has no use for the calls that still
// run there.
func TestCloseIsSilent(t *testing.T) {
	for name, body := range leftCalls {
		t.Run(name, func(t *testing.T) {
			k := testkit.New(t, host.Config{})
			if err := k.Run(t.Context(), start+body+` manager:close()`); err != nil {
				t.Fatal(err)
			}
			if text := k.Err.String(); text != "" {
				t.Errorf("printed %q", text)
			}
		})
		for _, mode := range []string{"TCP_TRANSPORT_ALL", "MPI_TRANSPORT_ALL"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				script := `local cluster = require "cluster" local manager = cluster.start_main_loop(arg[1]) ` + body + ` cluster.stop_main_loop(manager)`
				for rank, r := range testkit.Ranks(t, 3, script, mode) {
					if r.Status != 0 || r.Err != "" {
						t.Errorf("rank %d: %+v", rank, r)
					}
				}
			})
		}
	}
}

// TestLostCall: a call that went with its worker is told of.
func TestLostCall(t *testing.T) {
	k := testkit.New(t, host.Config{})
	if err := k.Run(t.Context(), start+`cluster.remote_do(function() require("testkit").die() end, 3)
		cluster.timedwait(function() return #cluster.workers() == 2 end, 10) cluster.sleep(0.1)`); err != nil {
		t.Fatal(err)
	}
	if text := k.Err.String(); !strings.Contains(text, "a call that nobody waits for was lost: rank 1: worker lost") {
		t.Errorf("printed %q", text)
	}
}
