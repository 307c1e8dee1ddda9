package host

import (
	"context"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/ranks"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// luaStartMainLoop is start_main_loop(mode, opts) → manager, on rank 0. On
// the other ranks it does not return: they serve until the master says leave.
func (h *Host) luaStartMainLoop(L *lua.LState) int {
	if h.rank == nil {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "start_main_loop is for scripts on the ranks of an MPI job: start this one with mpirun -n N mpiclus-lua run, or use cluster.MPIWorkerManager and cluster.addprocs"))
	}
	if h.rank.Started() {
		luaerr.Raise(L, luaerr.New(luaerr.Argument, "start_main_loop was called before: it can be called once in a job"))
	}
	mode, opts, problem := h.mainLoopOptions(L)
	err := h.interp.Wait(L, func(ctx context.Context) error {
		return h.rank.Open(ctx, ranks.Wish{Mode: string(mode), Sockets: mode == TCPTransportAll, Limit: opts.LaunchTimeout, Problem: problem})
	})
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	if err := h.rank.Become(); err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	if h.node.Self() != rpc.Master {
		return h.rank.Serve(L, opts.Redirect)
	}
	m, err := h.adoptRanks(mode, opts)
	if err != nil {
		luaerr.Raise(L, luaerr.From(err))
	}
	L.Push(wrapManager(L, m, h.interp))
	return 1
}

// adoptRanks makes the manager of the ranks of this job, on rank 0: workers
// that nobody launched, and this process as rank 0 among them.
func (h *Host) adoptRanks(mode Mode, opts Options) (*Manager, error) {
	m := h.NewManager(mode, opts)
	m.life.enter(stageRunning, nil)
	m.job = h.rank.Job(m.display)
	err := m.job.Start(h.life, func(workers []*job.Worker) error {
		h.takePids(len(workers) - 1)
		m.np, m.workers = len(workers), workers
		h.adopt(m)
		h.noteJob(m.Pids())
		for _, w := range workers[1:] {
			if err := h.node.Attach(w.Pid(), w.Link()); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	h.node.Join(m.Pids()...)
	return m, nil
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
