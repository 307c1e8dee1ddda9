package host

import (
	"context"
	"fmt"
	"os"
	"os/signal"
	"sync"
	"syscall"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Pieces runs pieces of code one after the other, as a front end that somebody
// works with does: a shell, a notebook. What a piece has defined is there for the
// next, an interrupt stops the piece that runs and nothing else, and errors are for
// the front end to show. Make it with Host.Pieces; Finish ends the host.
type Pieces struct {
	h *Host

	mu    sync.Mutex
	last  time.Time // of the latest interrupt that stopped something
	ended bool      // Finish was called
}

// Times of an interrupt of a piece.
const (
	sameKey = 50 * time.Millisecond // in which a second interrupt is taken for the first one
	twice   = time.Second           // in which a second one ends the jobs that are at work
)

// Pieces makes this host run pieces of code. A worker that is lost is told from now
// on with how to go on, and does not change the exit status.
func (h *Host) Pieces() *Pieces {
	h.pieces.Store(true)
	h.interp.SetExit(h.exit)
	return &Pieces{h: h}
}

// Run runs a piece in the master's interpreter, as body does it in a task, and
// returns its error. label says what it is, for reports. Another piece may not run
// at the same time.
func (p *Pieces) Run(label string, body func(t *interp.Task) error) (err error) {
	ctx, done := context.WithCancel(p.h.stop.start())
	defer done()
	defer p.h.stop.end()
	p.h.interp.Run(ctx, label, func(t *interp.Task) { err = body(t) })
	return err
}

// Interrupt stops what the piece at work does, here and on the workers, which go on
// living. A second interrupt within a second ends the jobs that have a chunk at work. It
// reports whether a piece was at work, and does not wait.
func (p *Pieces) Interrupt() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	if !p.h.stop.running() {
		return false
	}
	since := time.Since(p.last)
	switch {
	case since < sameKey:
	case since < twice:
		go p.endJobs()
	default:
		p.last = time.Now()
		p.begin(luaerr.New(luaerr.Interrupted, "interrupted"))
	}
	return true
}

// begin stops the piece, and what it has called elsewhere.
func (p *Pieces) begin(why *luaerr.Error) {
	h := p.h
	h.stop.begin(why)
	passed := h.interpreterPasses()
	go func() {
		time.Sleep(sameSignal) // chunks tell meanwhile where they are
		h.StopWorkers(why)
		select {
		case <-passed:
		case <-time.After(callLimit):
			h.say("interrupted, but the code is in a call of a library that does not stop: it goes on until that returns")
		}
	}()
}

// endJobs ends the jobs that a chunk is at work on.
func (p *Pieces) endJobs() {
	for _, m := range p.h.all() {
		if len(m.queue) == 0 { // a chunk has the turn
			m.kill(luaerr.New(luaerr.Interrupted, "interrupted twice: the job was ended (manager:restart() starts a fresh one)"))
		}
	}
}

// Watch has signals do what they do for pieces until stop is called: SIGINT
// interrupts, and does nothing when no piece runs; SIGQUIT tells where the ranks are;
// SIGTERM and SIGHUP stop the piece, then call end and end the process when it
// returns, which the second of them does at once.
func (p *Pieces) Watch(end func(os.Signal)) (stop func()) {
	w := &signals{h: p.h, end: make(chan os.Signal, 4), other: make(chan os.Signal, 4), done: make(chan struct{})}
	signal.Notify(w.end, ending()...)
	signal.Notify(w.other, syscall.SIGQUIT, syscall.SIGPIPE)
	go p.watch(w, end)
	go w.serveOthers()
	return func() {
		signal.Stop(w.end)
		signal.Stop(w.other)
		close(w.done)
	}
}

func (p *Pieces) watch(w *signals, end func(os.Signal)) {
	ending := false
	for {
		select {
		case s := <-w.end:
			switch {
			case s == syscall.SIGINT && !ending:
				p.Interrupt()
			case ending:
				p.h.endNow("interrupted again: the workers are killed")
			default:
				ending = true
				go p.endBy(s, end)
			}
		case <-w.done:
			return
		}
	}
}

// endBy ends the process for a signal.
func (p *Pieces) endBy(s os.Signal, end func(os.Signal)) {
	why := luaerr.New(luaerr.Interrupted, "ended (%v)", s)
	p.h.stop.begin(why)
	p.h.StopWorkers(why)
	end(s)
	p.Finish()
	os.Exit(ExitInterrupted)
}

// LoadFile compiles a script as RunScript does, for a piece that calls it.
func (p *Pieces) LoadFile(L *lua.LState, file string) (lua.LValue, error) {
	return p.h.loadFile(L, file)
}

// Report is what the user sees of the error of a piece: the report that a script's
// would be, without the name of the command.
func (p *Pieces) Report(err error) string { return p.h.reportText(err) }

// Where tells where each rank of each job is, in lines, as SIGQUIT does.
func (p *Pieces) Where() string { return p.h.whereText() }

// Say tells the user something that is neither output nor an error.
func (p *Pieces) Say(format string, args ...any) { p.h.display.Note(fmt.Sprintf(format, args...)) }

// Print shows text in its turn on standard output.
func (p *Pieces) Print(text string) { _, _ = p.h.display.Out.Write([]byte(text)) }

// Interp is the interpreter that the pieces run in.
func (p *Pieces) Interp() *interp.Interp { return p.h.interp }

// Finish ends all workers cleanly, after the functions of on_exit, and gives the
// exit status. Only its first call does so.
func (p *Pieces) Finish() int {
	p.mu.Lock()
	again := p.ended
	p.ended = true
	p.mu.Unlock()
	if again {
		return ExitOK
	}
	return p.h.finish(nil)
}
