package host_test

import (
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// runPiece runs Lua source as a piece.
func runPiece(p *host.Pieces, source string) error {
	return p.Run("piece", func(t *interp.Task) error {
		fn, err := p.Interp().Codec().Chunks.LoadTemporary(t.L(), "piece", source)
		if err == nil {
			_, err = t.Call(fn)
		}
		return err
	})
}

const manager3 = `cluster = require "cluster" manager = cluster.MPIManager{ np = 3 } cluster.addprocs(manager)`

// TestPieces: what a piece has set is there for the next, also after an error.
func TestPieces(t *testing.T) {
	p := testkit.New(t, host.Config{}).Pieces()
	for _, c := range [][2]string{
		{manager3},
		{`error("no")`, "piece:1: no"},
		{`x = cluster.mpido(manager, function() y = 5 return y end)[2]`},
		{`cluster.mpido(manager, function() error("there") end)`, "ranks 0-2 (3 of 3): piece:1: there"},
		{`assert(x == 5 and cluster.mpido(manager, "return y")[0] == 5)`},
	} {
		err := runPiece(p, c[0])
		switch {
		case err == nil && c[1] != "":
			t.Errorf("%s: no error", c[0])
		case err != nil && (c[1] == "" || !strings.HasPrefix(p.Report(err), c[1]+"\nstack traceback:")):
			t.Errorf("%s: got\n%s\nwant %q", c[0], p.Report(err), c[1])
		}
	}
	if p.Interrupt() {
		t.Error("nothing ran, and was interrupted")
	}
}

// TestPiecesInterrupt: an interrupt stops the piece here and on the workers, and
// leaves both as they are.
func TestPiecesInterrupt(t *testing.T) {
	c := testkit.New(t, host.Config{})
	p := c.Pieces()
	if err := runPiece(p, manager3); err != nil {
		t.Fatal(err)
	}
	for _, source := range []string{
		`while true do end`,
		`cluster.sleep(1000)`,
		`cluster.mpido(manager, function() while true do end end)`,
		`cluster.remotecall_fetch(function() cluster = require "cluster" cluster.sleep(1000) end, 3)`,
	} {
		go func() {
			for time.Sleep(100 * time.Millisecond); !p.Interrupt(); time.Sleep(time.Millisecond) {
			}
		}()
		begin := time.Now()
		err := runPiece(p, source)
		if luaerr.From(err) == nil || luaerr.From(err).Kind != luaerr.Interrupted {
			t.Errorf("%s: %v", source, err)
		}
		if took := time.Since(begin); took > 5*time.Second {
			t.Errorf("%s: it took %v", source, took)
		}
		if err := runPiece(p, `assert(cluster.mpido(manager, "return 7")[1] == 7)`); err != nil {
			t.Errorf("after %s: %v", source, err)
		}
		time.Sleep(time.Second) // later than a second interrupt
	}
}

// TestPiecesInterruptTwice: two interrupts within a second end the job of the chunk,
// not that of another manager.
func TestPiecesInterruptTwice(t *testing.T) {
	p := testkit.New(t, host.Config{}).Pieces()
	if err := runPiece(p, manager3+` other = cluster.MPIManager{ np = 1 } cluster.addprocs(other)`); err != nil {
		t.Fatal(err)
	}
	go func() {
		for time.Sleep(100 * time.Millisecond); !p.Interrupt(); time.Sleep(time.Millisecond) {
		}
		time.Sleep(100 * time.Millisecond)
		p.Interrupt()
	}()
	err := runPiece(p, `cluster.mpido(manager, function() while true do end end)`)
	if luaerr.From(err) == nil || luaerr.From(err).Kind != luaerr.Interrupted {
		t.Errorf("the chunk: %v", err)
	}
	if err := runPiece(p, `cluster.mpido(manager, "return 7")`); err == nil || !strings.Contains(err.Error(), "interrupted twice: the job was ended") {
		t.Errorf("afterwards: %v", err)
	}
	if err := runPiece(p, `assert(cluster.mpido(other, "return 7")[0] == 7) manager:restart() assert(cluster.mpido(manager, "return 8")[2] == 8)`); err != nil {
		t.Errorf("the other manager, and a fresh job: %v", err)
	}
}

// TestPiecesLoss: a worker that dies is told with the cure, once, and the status of
// the end is 0.
func TestPiecesLoss(t *testing.T) {
	c := testkit.New(t, host.Config{})
	p := c.Pieces()
	if err := runPiece(p, manager3+` cluster.remote_do(function() require("testkit").die() end, 3)`); err != nil {
		t.Fatal(err)
	}
	const cure = "(manager:restart() starts a fresh job)"
	for begin := time.Now(); !strings.Contains(c.Err.String(), cure); time.Sleep(10 * time.Millisecond) {
		if time.Since(begin) > 10*time.Second {
			t.Fatalf("nothing was told: %s", c.Err)
		}
	}
	if n := strings.Count(c.Err.String(), cure); n != 1 {
		t.Errorf("told %d times: %s", n, c.Err)
	}
	if status := p.Finish(); status != host.ExitOK {
		t.Errorf("status %d: %s", status, c.Err)
	}
}
