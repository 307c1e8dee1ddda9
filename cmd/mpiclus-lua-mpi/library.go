package main

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/luampi"
	"github.com/mpiclus/mpiclus-lua/plugins/load"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// library is the real MPI library as a worker sees it.
type library struct{}

func (library) Init(threadLevel string) (worker.Session, error) {
	s, err := mpi.Init(mpi.Config{ThreadLevel: threadLevel})
	if err != nil {
		return nil, err
	}
	return newSession(s), nil
}

// session adapts the engine to what a worker asks of it.
type session struct {
	*mpi.Session
	plugins *load.Loader
}

func newSession(s *mpi.Session) session {
	return session{s, load.New(load.Config{Version: version, Rank: s.Info().Rank}.FromEnvironment())}
}

func (s session) Info() worker.Info {
	i := s.Session.Info()
	return worker.Info{Rank: i.Rank, Size: i.Size, Library: i.Library, Version: i.Version, ThreadLevel: i.ThreadLevel}
}

func (s session) Modules(in *interp.Interp) {
	in.AddModule("mpi", watchAbort(luampi.Open(in, in.Codec(), s.Session)))
	luampi.AddPlugins(in, s.plugins)
}

// watchAbort makes mpi.Abort, also as a method of communicators, tell of
// itself before it ends the job.
func watchAbort(open lua.LGFunction) lua.LGFunction {
	return func(L *lua.LState) int {
		n := open(L)
		module := L.Get(-1).(*lua.LTable)
		world := module.RawGetString("COMM_WORLD")
		worker.WatchEnding("mpi.Abort", module.RawGetString("Abort"))
		worker.WatchEnding("mpi.Abort", L.GetField(world, "Abort"))
		return n
	}
}

// Finalize ends the plugins, and MPI.
func (s session) Finalize() error {
	s.plugins.Close()
	return s.Session.Finalize()
}

func (s session) World() worker.World { return world{s.Session} }

// world is the script's world, as a worker sees it.
type world struct{ s *mpi.Session }

func (w world) Begin(ctx context.Context, ranks []int) (show func(), err error) {
	return w.s.BeginChunk(ctx, ranks)
}

func (w world) End() (dirty bool) {
	w.s.EndChunk()
	return w.s.Dirty()
}

func (w world) Standing() protocol.Standing { return protocol.Standing(w.s.Standing()) }

func (w world) Tally() protocol.Standing { return protocol.Standing(w.s.Tally()) }

func (w world) Renew(ctx context.Context) (show func(), err error) { return w.s.Renew(ctx) }
