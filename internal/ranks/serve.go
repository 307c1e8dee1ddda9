package ranks

import (
	"context"
	"errors"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// Layers returns what a rank serves besides what its process does, as a part of a
// cluster.
func (r *Rank) Layers(m *cluster.Module) []rpc.Layer {
	r.node = m.Node
	r.part = &worker.Process{Session: r.cfg.Session, Cluster: m, Flush: r.flush, Failed: r.chunkFailed, Leave: sync.OnceFunc(func() {
		m.Leave()
		close(r.leave)
	})}
	r.peers.Version, r.peers.Folder, r.peers.Log = r.own.Version, r.cfg.Folder, r.own.Log
	return []rpc.Layer{r.part.Layer(), r.peers.Layer(m.Node), {Services: []rpc.Service{
		{Name: protocol.ServiceOutput, Inline: true, Always: true, Serve: r.serveOutput},
	}}}
}

// Wish is what a rank wants of the main loop. All ranks have to want the same.
type Wish struct {
	Mode    string        // as scripts name it
	Sockets bool          // messages go past MPI; else Config.Transport has them
	Limit   time.Duration // for all ranks to come; 0: a minute
	Problem string        // why this rank cannot start; "": it can
}

// Open brings all ranks to the same mode and opens the links that this one has from the
// start. It is collective and waits, so its caller holds no interpreter. The error is
// that of all ranks, or of kind Launch if some did not come.
func (r *Rank) Open(ctx context.Context, wish Wish) error {
	if wish.Limit == 0 {
		wish.Limit = job.DefaultTimeout
	}
	keys, err := newKeyPair()
	if err != nil {
		return err
	}
	words, err := r.meet(ctx, word{Start: true, Mode: wish.Mode, Problem: wish.Problem, Key: keys.public()}, wish.Limit)
	if err != nil {
		return err
	}
	transport := r.cfg.Transport
	if wish.Sockets {
		transport = newSockets(r, words, keys)
	}
	r.mu.Lock()
	r.started, r.transport, r.words = true, transport, words
	r.mu.Unlock()
	opening, cancel := context.WithTimeout(ctx, wish.Limit)
	defer cancel()
	links, err := transport.Open(opening)
	if err != nil {
		return luaerr.New(luaerr.Launch, "start_main_loop(%s): %w", wish.Mode, err)
	}
	r.mu.Lock()
	r.links = links
	r.mu.Unlock()
	return nil
}

// Become gives this process the pid that its rank has in the cluster, after Open. The
// caller holds the interpreter.
func (r *Rank) Become() error { return r.node.Become(rpc.Pid(r.Number()) + 1) }

// Serve is the life of a rank that is a worker, in the task of its script, which it
// ends: it raises an error. redirect says which of standard output and standard error
// go to the master meanwhile.
func (r *Rank) Serve(L *lua.LState, redirect [2]bool) int {
	r.own.Interp.SetFind(r.part.FindModule)
	for rank, l := range r.links {
		if l == nil {
			continue
		}
		if err := r.node.Attach(rpc.Pid(rank)+1, l); err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
	}
	if err := r.redirect(redirect); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	err := r.own.Interp.Wait(L, r.awaitLeave)
	r.mu.Lock()
	r.served, r.result = true, err
	r.mu.Unlock()
	// The script must not go on, whatever it catches.
	r.own.Interp.Current().Cancel(errServed)
	luaerr.Raise(L, luaerr.New(luaerr.Interrupted, "%w", errServed))
	return 0
}

// errServed ends the script of a rank that was a worker.
var errServed = errors.New("the main loop is over")

// orphanWait is how long a worker that lost its master leaves it to the
// launcher, or to the master's own report, to end the job.
const orphanWait = 3 * time.Second

// awaitLeave returns when the master has said leave and has closed its link.
func (r *Rank) awaitLeave(ctx context.Context) error {
	select {
	case <-r.leave:
		return r.leaveRanks()
	case <-r.gone:
		select {
		case <-r.leave: // it said so before it went
			return r.leaveRanks()
		case <-time.After(orphanWait):
			return luaerr.New(luaerr.Lost, "the master (rank 0) is gone")
		case <-ctx.Done():
		}
	case <-ctx.Done():
		// The launcher ends the job. The master was told, too: it reports, and
		// may end everything in order.
		select {
		case <-r.leave:
			return r.leaveRanks()
		case <-r.gone:
		case <-time.After(orphanWait):
		}
	}
	return context.Cause(ctx)
}

// hearWait is how long the master may take to close its links, which it does when all
// workers have heard that they are to leave.
const hearWait = 2 * time.Second

// leaveRanks ends what this worker has to do with the others.
func (r *Rank) leaveRanks() error {
	select {
	case <-r.gone: // the master closes its end when all have heard
	case <-time.After(hearWait):
	}
	if r.capture != nil {
		r.capture.close()
	}
	// The script needs the interpreter once more; no request comes after Close.
	r.node.Close()
	r.node.Interrupt(luaerr.New(luaerr.Interrupted, "the rank is ending"))
	return r.transport.Close()
}
