package host_test

import (
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

const startLoop = `
local cluster, rank = require "cluster", require "rank"
local manager = cluster.start_main_loop(arg[1])
assert(rank == 0)
`

// TestMainLoop runs whole scripts on three ranks in process, over sockets and
// over memory in the place of MPI.
func TestMainLoop(t *testing.T) {
	for name, body := range map[string]string{
		"ids": `local r = cluster.mpido(manager, function() return cluster.myid() end)
			for i = 0, 2 do assert(r[i] == i + 1 and manager.mpi2j[i] == i + 1 and manager.j2mpi[i + 1] == i) end
			assert(manager.np == 3 and cluster.nprocs() == 3 and #cluster.workers() == 2)`,
		"own rank": `local here = require "rank"
			local r = cluster.mpido(manager, function() return here, require "rank" end)
			assert(r[0] == 0)`,
		"calls": `assert(cluster.remotecall_fetch(function()
				return cluster.remotecall_fetch(cluster.myid, 3) * 10 + cluster.remotecall_fetch(cluster.myid, 1) end, 2) == 31)`,
		"ranks": `local r = manager:mpido{ chunk = function() return true end, ranks = { 0, 2 } }
			assert(r[0] and r[2] and r[1] == nil)`,
		"loop":   `assert(cluster.distributed("+", 1, 10, function(i) return i * i end) == 385)`,
		"caught": `assert(not pcall(cluster.mpido, manager, function() if cluster.myid() == 2 then error("boom") end end))`,
		"stop": `cluster.stop_main_loop(manager)
			local ok, e = pcall(cluster.mpido, manager, function() end)
			assert(not ok and e.message:find("closed"), tostring(e))`,
		"large": `local array = require "array"
			local a = array.rand(300000)
			for pid = 1, 3 do assert(cluster.remotecall_fetch(function(x) return x end, pid, a) == a) end`,
	} {
		for _, mode := range []string{"TCP_TRANSPORT_ALL", "MPI_TRANSPORT_ALL"} {
			t.Run(name+"/"+mode, func(t *testing.T) {
				for rank, r := range testkit.Ranks(t, 3, startLoop+body, mode) {
					if r.Status != 0 || !r.Clean || r.Err != "" {
						t.Errorf("rank %d: %+v", rank, r)
					}
				}
			})
		}
	}
}

// TestMainLoopErrors: all ranks end with the status, and at least one of them
// tells why.
func TestMainLoopErrors(t *testing.T) {
	for name, c := range map[string]struct {
		script, want string
		clean        bool // rank 0 ends together with the others
	}{
		"script":   {startLoop + `error("boom")`, "job.lua:5: boom", true},
		"chunk":    {startLoop + `cluster.mpido(manager, function() error("boom") end)`, "ranks 0-2 (3 of 3): ", true},
		"twice":    {startLoop + `cluster.start_main_loop("MPI_TRANSPORT_ALL")`, "start_main_loop was called before", true},
		"addprocs": {startLoop + `cluster.addprocs(cluster.MPIManager{ np = 1 })`, "cannot start workers from inside an MPI job", true},
		"unknown":  {`require("cluster").start_main_loop("PIGEONS")`, `ranks 0-2 (3 of 3): bad argument #1 'mode'`, false},
		"no mode":  {`require("cluster").start_main_loop()`, "expected, got nil)", false},
		"disagree": {
			`require("cluster").start_main_loop(require "rank" == 2 and "TCP_TRANSPORT_ALL" or "MPI_TRANSPORT_ALL")`,
			"ranks 0-1 (2 of 3) called start_main_loop(MPI_TRANSPORT_ALL); rank 2 called start_main_loop(TCP_TRANSPORT_ALL)", false,
		},
		"not all": {
			`if require "rank" ~= 2 then require("cluster").start_main_loop("MPI_TRANSPORT_ALL") end`,
			"rank 2 ended the script without start_main_loop", false,
		},
		"absent": {
			`local cluster = require "cluster"
			if require "rank" == 2 then require("testkit").aborted() error("late") end
			cluster.start_main_loop("TCP_TRANSPORT_ALL", { launch_timeout = 0.2 })`,
			"did not call it within 200ms", false,
		},
	} {
		t.Run(name, func(t *testing.T) {
			ranks := testkit.Ranks(t, 3, c.script, "MPI_TRANSPORT_ALL")
			told := ""
			for _, r := range ranks {
				told += r.Err
			}
			if !strings.Contains(told, c.want) || ranks[0].Status == 0 || ranks[0].Clean != c.clean {
				t.Errorf("want %q and clean %v\n%+v", c.want, c.clean, ranks)
			}
		})
	}
}
