package host_test

import (
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const start = `
local cluster = require "cluster"
local manager = cluster.MPIManager{ np = 3 }
local pids = cluster.addprocs(manager)
`

// TestScripts runs whole scripts with three workers in process; a script
// fails by raising.
func TestScripts(t *testing.T) {
	for name, body := range map[string]string{
		"pids": `assert(#pids == 3 and pids[1] == 2 and pids[3] == 4)
			assert(manager.j2mpi[2] == 0 and manager.mpi2j[2] == 4 and manager.np == 3)`,
		"ids": `local r = cluster.mpido(manager, function() return cluster.myid() end)
			for rank, pid in cluster.each(r) do assert(pid == rank + 2, tostring(r)) end`,
		"arguments": `local r = cluster.mpido(manager, function(a, t) return a + #t end, 40, {1, 2})
			assert(r[0] == 42 and r[2] == 42)`,
		"source": `assert(cluster.mpido(manager, "return (...) * 2", 21)[1] == 42)`,
		"globals stay": `cluster.mpido(manager, function() counter = (counter or 0) + 1 end)
			assert(cluster.mpido(manager, function() counter = counter + 1 return counter end)[0] == 2)
			assert(counter == nil)`,
		"captured": `local base, t = 10, { deep = { 1 } }
			t.self = t
			local function add(x) return x + base end
			local r = cluster.mpido(manager, function() return add(t.self.deep[1]) end)
			assert(r[1] == 11)`,
		"ranks": `local r = manager:mpido{ chunk = function(x) return x end, args = { 5 }, ranks = { 0, 2 } }
			assert(r[0] == 5 and r[1] == nil and r[2] == 5)`,
		"no ranks": `assert(next(manager:mpido{ chunk = "ran = true", ranks = {} }) == nil)
			assert(cluster.mpido(manager, "return ran")[0] == nil)`,
		"init that cannot travel": `local m, co = cluster.MPIManager{ np = 1 }, coroutine.create(function() end)
			local ok, e = pcall(cluster.addprocs, m, { init = function() return co end })
			assert(not ok and e.message:find("captured variable 'co' is a coroutine", 1, true), tostring(e))
			assert(not m.launched and #cluster.addprocs(m) == 1)`,
		"init as source": `local m = cluster.MPIManager{ np = 1 }
			cluster.addprocs(m, { init = "here = 5" })
			assert(cluster.mpido(m, "return here")[0] == 5)`,
		"one result": `local r = cluster.mpido(manager, function() return nil, 2 end)
			assert(r[0] == nil)`,
		"remotecall": `assert(cluster.remotecall_fetch(function(a) return a, cluster.myid() end, 3, 7) == 7)
			assert(select(2, cluster.remotecall_fetch(function(a) return a, cluster.myid() end, 3, 7)) == 3)
			assert(cluster.remotecall_fetch(function() return cluster.remotecall_fetch(cluster.myid, 1) end, 2) == 1)`,
		"reuse": `local ok, e = pcall(cluster.addprocs, manager)
			assert(not ok and tostring(e):find("Reuse of an MPIManager is not allowed", 1, true))`,
		"np 0": `local m = cluster.MPIManager{ np = 0 }
			assert(#cluster.addprocs(m) == 0)
			assert(next(cluster.mpido(m, function() end)) == nil)`,
		"array": `local array = require "array"
			local a = array.range(1, 1000)
			local r = cluster.mpido(manager, function() return a end)
			assert(r[1] == a and #r[2] == 1000)`,
		"closed": `manager:close()
			local ok, e = pcall(cluster.mpido, manager, function() end)
			assert(not ok and e.message:find("closed"), tostring(e))`,
	} {
		t.Run(name, func(t *testing.T) {
			c := testkit.New(t, host.Config{})
			if err := c.Run(t.Context(), start+body); err != nil {
				t.Fatal(err)
			}
		})
	}
}

// TestErrors runs scripts that end with an error.
func TestErrors(t *testing.T) {
	for name, c := range map[string]struct{ body, want string }{
		"one rank": {`cluster.mpido(manager, function()
			if cluster.myid() == 3 then error("boom") end
			return 1 end)`, "rank 1: job.lua:6: boom"},
		"all ranks":      {`cluster.mpido(manager, function() error("boom") end)`, "ranks 0-2 (3 of 3): job.lua:5: boom"},
		"other function": {`cluster.mpido(manager, function() nosuch() end)`, "ranks 0-2 (3 of 3): job.lua:5: attempt to call global 'nosuch' (a nil value): it is not defined: define it there"},
		"unknown option": {`cluster.MPIManager{ npp = 3 }`, "MPIManager has no option 'npp'; it knows np, mode"},
		"bad option":     {`cluster.MPIManager{ np = 1.5 }`, "option 'np' must be a whole number from 0, got 1.5"},
		"captured":       {`local co = coroutine.create(function() end) cluster.mpido(manager, function() return co end)`, "captured variable 'co' is a coroutine"},
		"bad rank":       {`manager:mpido{ chunk = "return 1", ranks = { 7 } }`, "there is no rank 7: this manager has ranks 0 to 2"},
		"timeout":        {`manager:mpido{ chunk = "while true do end", timeout = 0.1 }`, "longer than its timeout of 100ms"},
		"time's place":   {`manager:mpido{ chunk = function() while true do end end, timeout = 0.1 }`, "ranks 0-2 (3 of 3) were stopped in job.lua:5"},
		"time's errors": {
			`local ok, e = pcall(manager.mpido, manager, { chunk = function() while true do end end, timeout = 0.1 }) error(e.errors[1].message, 0)`,
			"job.lua:5: mpido took longer",
		},
		"no process":     {`cluster.remotecall_fetch(print, 17)`, "there is no process with pid 17"},
		"not a function": {`manager:mpido(7)`, "bad argument #2 to 'mpido' (a function or a string of Lua source expected, got 7)"},
		"no init":        {`cluster.addprocs(cluster.MPIManager{ np = 1 }, { init = 7 })`, "addprocs: option 'init' must be a function or a string of Lua source, got 7"},
		"no manager":     {`cluster.mpido(nil, print)`, "a manager expected, got nil)"},
		"a file":         {`cluster.mpido(io.stdout, print)`, "a manager expected, got a file)"},
		"a future":       {`cluster.mpido(cluster.spawnat(1, print), print)`, "a manager expected, got a future)"},
		"a channel":      {`cluster.mpido(cluster.RemoteChannel(), print)`, "a manager expected, got a channel)"},
		"a manager":      {`cluster.spawnat(manager, print)`, "the pid of a process expected, got a manager)"},
		"syntax":         {`cluster.mpido(manager, "x = = 1")`, `job.lua:5: [string "x = = 1"]`},
	} {
		t.Run(name, func(t *testing.T) {
			k := testkit.New(t, host.Config{})
			err := k.Run(t.Context(), start+c.body)
			if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Fatalf("got error %v\nwant %q in it", err, c.want)
			}
		})
	}
}
