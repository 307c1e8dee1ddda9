package cluster_test

import (
	"context"
	"runtime"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

const start = setUp + `
local cluster = require "cluster"
local t = require "prelude"
manager = cluster.MPIManager{ np = 3 }
local pids = cluster.addprocs(manager)
`

// When an unclaimed error is printed.
const (
	never = iota
	soon  // when it is clear that nobody will ask
	atEnd // when the master closes
)

// TestUnclaimedErrors: an error that nobody asks for is printed once, with
// the process and the line; one that somebody was told is not.
func TestUnclaimedErrors(t *testing.T) {
	for name, c := range map[string]struct {
		body string
		when int
	}{
		"remote_do":            {`cluster.remote_do(function() error("boom") end, 3)`, soon},
		"remote_do here":       {`cluster.remote_do(function() error("boom") end, 1)`, soon},
		"dropped":              {`local f = cluster.remotecall(function() error("boom") end, 3) cluster.timedwait(function() return f:isready() end, 60)`, soon},
		"dropped before":       {`cluster.remotecall(function() cluster.sleep(0.1) error("boom") end, 3)`, soon},
		"held to the end":      {`f = cluster.remotecall(function() error("boom") end, 3) cluster.timedwait(function() return f:isready() end, 60)`, atEnd},
		"distributed":          {`f = cluster.distributed(nil, 1, 3, function(i) if i == 2 then error("boom") end end) cluster.timedwait(function() return f:isready() end, 60)`, atEnd},
		"fetched":              {`local f = cluster.remotecall(function() error("boom") end, 3) pcall(cluster.fetch, f)`, never},
		"waited for":           {`local f = cluster.remotecall(function() error("boom") end, 3) pcall(cluster.wait, f)`, never},
		"fetched by another":   {`local f = cluster.remotecall(function() error("boom") end, 3) cluster.remotecall_fetch(function(f) pcall(cluster.fetch, f) end, 2, f)`, never},
		"result":               {`cluster.remotecall(function() return "boom" end, 3)`, never},
		"interrupted":          {`f = cluster.remotecall(function() while true do end end, 3) cluster.sleep(0.02) cluster.interrupt() cluster.sleep(0.02)`, never},
		"left when all closes": {`f = cluster.remotecall(function() while true do end end, 3)`, never},
	} {
		t.Run(name, func(t *testing.T) {
			k := testkit.New(t, host.Config{})
			if err := k.Run(t.Context(), start+c.body); err != nil {
				t.Fatal(err)
			}
			if c.when == soon {
				awaitReport(t, k)
			}
			early := k.Err.String()
			if err := k.Close(); err != nil {
				t.Fatal(err)
			}
			text := k.Err.String()
			if got, want := strings.Count(text, "boom"), min(c.when, 1); got != want {
				t.Fatalf("printed %d times, want %d:\n%s", got, want, text)
			}
			if c.when == atEnd && early != "" {
				t.Errorf("printed although it may still be fetched:\n%s", early)
			}
			if c.when != never && (!strings.Contains(text, "job.lua:6: boom") && !strings.Contains(text, "job.lua:6: index") || !strings.Contains(text, "on pid ")) {
				t.Errorf("printed without pid or line:\n%s", text)
			}
		})
	}
}

// awaitReport waits until an error is printed. What is garbage goes meanwhile.
func awaitReport(t *testing.T, k *testkit.Cluster) {
	t.Helper()
	for end := time.Now().Add(limit); !strings.Contains(k.Err.String(), "boom"); time.Sleep(5 * time.Millisecond) {
		if runtime.GC(); time.Now().After(end) {
			t.Fatal("nothing is printed")
		}
	}
}

// TestInterruptedScript: what stops the master's script stops what it waits
// for, and leaves the workers usable.
func TestInterruptedScript(t *testing.T) {
	for name, body := range map[string]string{
		"call":        `cluster.remotecall_fetch(function() busy = true while true do end end, 2)`,
		"fetch":       `cluster.fetch(cluster.remotecall(function() busy = true while true do end end, 2))`,
		"mpido":       `cluster.mpido(manager, function() busy = true while true do end end)`,
		"pmap":        `cluster.pmap(function() busy = true while true do end end, {1, 2, 3, 4, 5})`,
		"distributed": `cluster.distributed("+", 1, 3, function() busy = true while true do end end)`,
		"everywhere":  `cluster.everywhere(function() busy = true while true do end end)`,
		"take":        `cluster.RemoteChannel(3):take()`,
		"sleep":       `cluster.sleep(1000)`,
		"loop":        `while true do end`,
		"own call":    `cluster.remotecall_fetch(function() while true do end end, 1)`,
	} {
		t.Run(name, func(t *testing.T) {
			k := testkit.New(t, host.Config{})
			if err := k.Run(t.Context(), start); err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancelCause(t.Context())
			stopped := make(chan struct{})
			time.AfterFunc(100*time.Millisecond, func() {
				defer close(stopped)
				why := luaerr.New(luaerr.Interrupted, "interrupted (test)")
				cancel(why)
				k.StopWorkers(why)
			})
			err := k.Run(ctx, `local cluster = require "cluster" `+body)
			<-stopped // or it would stop the calls below
			if e := luaerr.From(err); err == nil || e.Kind != luaerr.Interrupted || !strings.Contains(e.Error(), "interrupted (test)") {
				if name != "mpido" || err == nil { // the manager of another script
					t.Fatalf("got error %v", err)
				}
			}
			if err := k.Run(t.Context(), `local cluster = require "cluster"
				for _, pid in ipairs(cluster.procs()) do assert(cluster.remotecall_fetch(cluster.myid, pid) == pid) end`); err != nil {
				t.Fatal(err)
			}
		})
	}
}
