package host

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// mainLoop is the state of start_main_loop in a rank of an MPI job.
type mainLoop struct {
	leave chan struct{} // closed when the master said that this worker is to end
	gone  chan struct{} // closed when the link to the master has ended

	mu         sync.Mutex
	started    bool
	transport  Transport
	capture    *rankCapture  // of a worker whose output goes to the master
	words      []word        // what the ranks said when they met
	job        *rankJob      // on rank 0
	masterGone bool          // gone is closed
	served     bool          // this rank was a worker, and its service is over
	result     error         // of that
	doomed     *luaerr.Error // why the whole job has to end
	exitCall   string        // "os.exit(3) at job.lua:14", once the script called it
	ending     bool          // the process ends
}

// openRanks makes this process, a rank of an MPI job, ready to serve chunks.
func (h *Host) openRanks() {
	if h.cfg.Ranks == nil {
		return
	}
	rank := h.cfg.Ranks.Info().Rank
	h.interp.SetSelf(func() string {
		if !h.loop.isStarted() {
			return fmt.Sprintf("rank %d (host %s)", rank, job.Hostname())
		}
		return fmt.Sprintf("pid %d (rank %d, host %s)", h.node.Self(), rank, job.Hostname())
	})
	if h.cfg.Ranks.Watch != nil {
		h.cfg.Ranks.Watch(h.rankGone)
	}
	worker.TellEnding(h.interp, h.noteEnding)
}

// rankLayers returns what a rank of an MPI job serves besides.
func (h *Host) rankLayers(m *cluster.Module) []rpc.Layer {
	h.part = &worker.Process{Session: h.cfg.Ranks.Session, Cluster: m, Flush: h.flushRank, Failed: h.chunkFailed, Leave: sync.OnceFunc(func() {
		m.Leave()
		close(h.loop.leave)
	})}
	h.peers.Version, h.peers.Folder, h.peers.Log = h.cfg.Version, h.cfg.Ranks.Folder, h.cfg.Log
	return []rpc.Layer{h.part.Layer(), h.peers.Layer(m.Node), {Services: []rpc.Service{
		{Name: protocol.ServiceOutput, Inline: true, Always: true, Serve: h.serveOutput},
	}}}
}

// flushRank brings what this process wrote on its way.
func (h *Host) flushRank() (uint64, error) {
	h.cfg.Ranks.FlushC()
	h.loop.mu.Lock()
	c := h.loop.capture
	h.loop.mu.Unlock()
	if c == nil {
		return 0, nil
	}
	return c.flush(), nil
}

// connectRank makes the link from one rank that is a worker to another.
func (h *Host) connectRank(ctx context.Context, pid rpc.Pid) (link.Link, error) {
	h.loop.mu.Lock()
	t := h.loop.transport
	h.loop.mu.Unlock()
	if t == nil || h.node.Self() == rpc.Master {
		return nil, nil
	}
	return t.Connect(ctx, pid)
}

func (l *mainLoop) isStarted() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.started
}

// luaStartMainLoop is start_main_loop(mode, opts) → manager, on rank 0. On
// the other ranks it does not return: they serve until the master says leave.
func (h *Host) luaStartMainLoop(L *lua.LState) int {
	if h.cfg.Ranks == nil {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "start_main_loop is for scripts on the ranks of an MPI job: start this one with mpirun -n N mpiclus-lua run, or use cluster.MPIWorkerManager and cluster.addprocs"))
	}
	if h.loop.isStarted() {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "start_main_loop was called before: it can be called once in a job"))
	}
	mode, opts, problem := h.mainLoopOptions(L)
	var links []link.Link
	err := h.interp.Wait(L, func(ctx context.Context) (err error) {
		links, err = h.openLinks(ctx, mode, opts.LaunchTimeout, problem)
		return err
	})
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	if err := h.node.Become(rpc.Pid(h.cfg.Ranks.Info().Rank) + 1); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	if h.cfg.Ranks.Info().Rank != 0 {
		return h.serve(L, links, opts.Redirect)
	}
	m, err := h.adoptRanks(mode, opts, links)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	L.Push(wrapManager(L, m, h.interp))
	return 1
}

// mainLoopOptions reads the arguments. What is wrong with them is for all
// ranks to know: nobody may wait for one that has raised.
func (h *Host) mainLoopOptions(L *lua.LState) (mode Mode, opts Options, problem string) {
	problem = raised(L, func() {
		m, ok := L.Get(1).(lua.LString)
		if mode = Mode(m); !ok || mode != TCPTransportAll && mode != MPITransportAll {
			luaerr.RaiseArg(L, "start_main_loop", 1, "mode", "cluster.TCP_TRANSPORT_ALL or cluster.MPI_TRANSPORT_ALL expected, got %s", args.Show(L.Get(1)))
		}
		opts = h.defaults()
		opts.LeaveOutput = true
		o := readOptions(L, 2, "start_main_loop")
		if comm := o.take("comm"); comm != lua.LNil {
			if err := h.cfg.Ranks.CheckComm(comm); err != nil {
				luaerr.Raise(L, luaerr.New(luaerr.Argument, "start_main_loop: option 'comm': %w", err))
			}
		}
		o.choice("threadlevel", &opts.ThreadLevel, threadLevels...)
		o.boolean("stdout_to_master", func(yes bool) { opts.Redirect[0] = yes })
		o.boolean("stderr_to_master", func(yes bool) { opts.Redirect[1] = yes })
		o.seconds("launch_timeout", &opts.LaunchTimeout)
		o.seconds("error_grace", &opts.ErrorGrace)
		o.seconds("stall_note", &opts.StallNote)
		o.done()
	})
	if have := h.cfg.Ranks.Info().ThreadLevel; problem == "" && slices.Index(threadLevels, opts.ThreadLevel) > slices.Index(threadLevels, have) {
		problem = fmt.Sprintf("MPI provides thread level %s, less than the wanted %s", have, opts.ThreadLevel)
	}
	return mode, opts, problem
}

// raised gives the text of the error that f raises, without the place in the
// script; "" for none.
func raised(L *lua.LState, f func()) (text string) {
	defer func() {
		if r := recover(); r != nil {
			err, ok := r.(error)
			if !ok {
				panic(r)
			}
			text = strings.TrimPrefix(luaerr.From(err).Message, luaerr.Where(L))
		}
	}()
	f()
	return ""
}

// openLinks brings all ranks to the same mode and opens the links that it has
// from the start.
func (h *Host) openLinks(ctx context.Context, mode Mode, limit time.Duration, problem string) ([]link.Link, error) {
	if limit == 0 {
		limit = job.DefaultTimeout
	}
	keys, err := newKeyPair()
	if err != nil {
		return nil, err
	}
	words, err := h.meet(ctx, word{Start: true, Mode: mode, Problem: problem, Key: keys.public()}, limit)
	if err != nil {
		return nil, err
	}
	transport := h.transport(mode, words, keys)
	h.loop.mu.Lock()
	h.loop.started, h.loop.transport, h.loop.words = true, transport, words
	h.loop.mu.Unlock()
	opening, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	links, err := transport.Open(opening)
	if err != nil {
		return nil, luaerr.New(luaerr.Launch, "start_main_loop(%s): %w", mode, err)
	}
	return links, nil
}

// transport gives what carries the messages of a mode.
func (h *Host) transport(mode Mode, words []word, keys keyPair) Transport {
	if mode == MPITransportAll {
		return h.cfg.Ranks.Transport
	}
	t := &tcpTransport{host: h, keys: keys}
	for _, w := range words {
		t.beyond = t.beyond || w.Host != words[0].Host
		t.ranks = append(t.ranks, w.Key)
	}
	return t
}

// serve is the life of a rank that is a worker, in the task of its script.
func (h *Host) serve(L *lua.LState, links []link.Link, redirect [2]bool) int {
	h.interp.SetFind(h.part.FindModule)
	for rank, l := range links {
		if l == nil {
			continue
		}
		if err := h.node.Attach(rpc.Pid(rank)+1, l); err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
	}
	if err := h.redirect(redirect); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	err := h.interp.Wait(L, h.awaitLeave)
	h.loop.mu.Lock()
	h.loop.served, h.loop.result = true, err
	h.loop.mu.Unlock()
	// The script must not go on, whatever it catches.
	h.interp.Current().Cancel(errServed)
	luaerr.Raise(L, luaerr.New(luaerr.Interrupted, "%w", errServed))
	return 0
}

// errServed ends the script of a rank that was a worker.
var errServed = errors.New("the main loop is over")

// orphanWait is how long a worker that lost its master leaves it to the
// launcher, or to the master's own report, to end the job.
const orphanWait = 3 * time.Second

// awaitLeave returns when the master has said leave and has closed its link.
func (h *Host) awaitLeave(ctx context.Context) error {
	select {
	case <-h.loop.leave:
		return h.leaveRanks()
	case <-h.loop.gone:
		select {
		case <-h.loop.leave: // it said so before it went
			return h.leaveRanks()
		case <-time.After(orphanWait):
			return luaerr.New(luaerr.Lost, "the master (rank 0) is gone")
		case <-ctx.Done():
		}
	case <-ctx.Done():
		// The launcher ends the job. The master was told, too: it reports, and
		// may end everything in order.
		select {
		case <-h.loop.leave:
			return h.leaveRanks()
		case <-h.loop.gone:
		case <-time.After(orphanWait):
		}
	}
	return context.Cause(ctx)
}

// leaveRanks ends what this worker has to do with the others.
func (h *Host) leaveRanks() error {
	select {
	case <-h.loop.gone: // the master closes its end when all have heard
	case <-time.After(hearWait):
	}
	if h.loop.capture != nil {
		h.loop.capture.close()
	}
	// The script needs the interpreter once more; no request comes after Close.
	h.node.Close()
	h.node.Interrupt(luaerr.New(luaerr.Interrupted, "the rank is ending"))
	return h.loop.transport.Close()
}

// luaStopMainLoop is stop_main_loop(manager), on rank 0: the workers end.
func (h *Host) luaStopMainLoop(L *lua.LState) int {
	m := checkManager(L, 1, "stop_main_loop")
	if m.mode == MPIOnWorkers {
		luaerr.RaiseArg(L, "stop_main_loop", 1, "manager", "a manager that start_main_loop gave expected: this one has workers of its own, which manager:close() ends")
	}
	if err := h.interp.Wait(L, m.Close); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	return 0
}
