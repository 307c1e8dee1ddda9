package worker

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/native"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Config says what a worker is made of.
type Config struct {
	Version string // of this software: it must be the master's
	Library Library
	// Modules adds the Lua modules that every process has.
	Modules func(in *interp.Interp)
	Log     *slog.Logger
	// Exit ends the process for os.exit of a script; nil is os.Exit.
	Exit func(code int)
}

// Serve is the life of the MPI process: it calls the master, starts MPI,
// joins, and serves until the master says leave. The result is the exit
// status. It does not return while the process is of use.
func Serve(cfg Config) int {
	interp.TuneMemory()
	join, settings, err := takeEnvironment()
	if err == nil {
		os.Setenv(protocol.EnvFolder, settings.Folder)
		err = native.Configure(settings.Native, cfg.Log)
	}
	if err == nil {
		err = serve(cfg, join, settings)
	}
	if errors.Is(err, errMasterGone) {
		return 1
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "mpiclus-lua worker:", err)
		return 1
	}
	return 0
}

func serve(cfg Config, join link.Join, settings protocol.Settings) error {
	token := os.Getenv(protocol.EnvSupervisor)
	os.Unsetenv(protocol.EnvSupervisor)
	counts, err := takeCounters()
	if err != nil {
		return err
	}
	flush := func() (uint64, error) { return 0, nil }
	if settings.Capture {
		flush = pipeFlush(counts)
	}
	return joiner{cfg: cfg, flush: flush, lastWord: counts.leaveWord}.serve(context.Background(), join, settings, token)
}

// Join is Serve for a worker that is a part of another process, without a
// supervisor: it returns when the master has said leave, or when ctx ends.
func Join(ctx context.Context, cfg Config, join link.Join, settings protocol.Settings) error {
	nothing := func() (uint64, error) { return 0, nil }
	return joiner{cfg: cfg, flush: nothing, lastWord: func(string) {}}.serve(ctx, join, settings, newToken())
}

// joiner is a process that is to become a worker: what it needs in order to join.
type joiner struct {
	cfg      Config
	flush    func() (uint64, error)
	lastWord func(string) // says what ends the worker, before it does
}

func (m joiner) serve(ctx context.Context, join link.Join, settings protocol.Settings, token string) error {
	dialling, cancel := context.WithTimeout(ctx, dialTimeout)
	defer cancel()
	l, err := link.Dial(dialling, join, link.Hello{
		Version: m.cfg.Version, Role: protocol.RoleWorker, Data: protocol.Encode(presence(token)),
	})
	if err != nil {
		return fmt.Errorf("cannot reach the master: %w", err)
	}
	defer l.Close()
	session, err := m.cfg.Library.Init(settings.ThreadLevel)
	if err != nil {
		// The master shows it; the supervisor's output has it too.
		_ = protocol.Send(l, protocol.FrameFailed, err.Error())
		return err
	}
	w := &Worker{cfg: m.cfg, settings: settings, session: session, lastWord: m.lastWord, leave: make(chan struct{})}
	w.flush = func() (uint64, error) {
		session.FlushC()
		return m.flush()
	}
	stop := context.AfterFunc(ctx, func() { l.Close() })
	err = w.join(l)
	stop()
	if err != nil {
		return err
	}
	return w.run(ctx)
}

// Worker is a process that has joined a job.
type Worker struct {
	cfg      Config
	settings protocol.Settings
	peers    Peers
	session  Session
	interp   *interp.Interp
	node     *rpc.Node
	part     *Process
	welcome  protocol.Welcome
	flush    func() (uint64, error)
	lastWord func(string)

	once  sync.Once
	leave chan struct{}
	lost  error
}

// join tells the master who this is, and becomes the node that the master
// says.
func (w *Worker) join(l link.Link) error {
	info := w.session.Info()
	err := protocol.Send(l, protocol.FrameReady, protocol.Ready{
		Rank: info.Rank, Size: info.Size, Library: info.Library, Version: info.Version, ThreadLevel: info.ThreadLevel,
	})
	if err != nil {
		return err
	}
	f, err := l.Receive()
	if err != nil {
		return fmt.Errorf("the master did not take this worker in: %w", err)
	}
	if f.Kind != protocol.FrameWelcome {
		return fmt.Errorf("the master answered with a frame of kind %d", f.Kind)
	}
	if err := protocol.Decode(f.Head, &w.welcome); err != nil {
		return err
	}
	w.open()
	return w.node.Attach(rpc.Master, l)
}

// open makes the interpreter and the node of the process.
func (w *Worker) open() {
	host, _ := os.Hostname()
	exit := w.cfg.Exit
	if exit == nil {
		exit = os.Exit
	}
	pid, rank := w.welcome.Pid, w.session.Info().Rank
	codec := &value.Codec{Self: pid, Chunks: value.NewChunks(), Names: value.NewNames()}
	random := philox.Origin{Group: w.welcome.Group, Rank: rank}
	if w.welcome.Seed != nil {
		random.Seed, random.Given = *w.welcome.Seed, true
	}
	w.interp = interp.New(interp.Config{
		Random: &random,
		Codec:  codec, Args: w.welcome.Args, Command: w.welcome.Command,
		Self: func() string { return fmt.Sprintf("pid %d (rank %d, host %s)", pid, rank, host) },
		Find: func(ctx context.Context, name string) (interp.Found, error) { return w.part.FindModule(ctx, name) },
		Exit: func(code int) { _, _ = w.flush(); exit(code) },
	})
	TellEnding(w.interp, func(e Ending) { w.lastWord(e.Text) })
	w.peers.Version, w.peers.Folder, w.peers.Log = w.cfg.Version, w.settings.Folder, w.cfg.Log
	w.node = cluster.New(cluster.Config{
		Interp: w.interp,
		Node: rpc.Config{
			Self: pid, Place: &rpc.Place{Rank: rank, Host: host}, Log: w.cfg.Log, Lost: w.lostPeer, Connect: w.peers.Connect,
		},
		Layers: func(m *cluster.Module) []rpc.Layer {
			w.part = &Process{Session: w.session, Cluster: m, Flush: w.flush, Leave: func() {
				m.Leave()
				w.end(nil)
			}}
			return []rpc.Layer{w.part.Layer(), w.peers.Layer(m.Node)}
		},
	}).Node
	w.cfg.Modules(w.interp)
	w.session.Modules(w.interp)
}

// errMasterGone ends a worker without a word: nobody is left to read it.
var errMasterGone = errors.New("the master is gone")

func (w *Worker) lostPeer(pid rpc.Pid, cause error) *luaerr.Error {
	if pid == rpc.Master {
		w.end(errMasterGone)
	}
	return nil
}

func (w *Worker) end(why error) {
	w.once.Do(func() {
		w.lost = why
		close(w.leave)
	})
}

// run serves until the master says leave or is gone.
func (w *Worker) run(ctx context.Context) error {
	select {
	case <-w.leave:
	case <-ctx.Done():
		w.end(context.Cause(ctx))
	}
	defer w.interp.Close()
	defer w.node.Interrupt(luaerr.New(luaerr.Interrupted, "the worker is ending"))
	defer w.node.Close()
	defer w.peers.Close()
	if w.lost != nil {
		return w.lost // without MPI_Finalize: it would wait for ranks that may never come
	}
	_, err := w.flush()
	return errors.Join(err, w.session.Finalize())
}

// Descriptors that a supervisor hands to its worker.
const (
	fdSync     = 3 // see capture
	fdCounters = 4
)

// takeCounters takes over the descriptors, and maps the shared page.
func takeCounters() (*counters, error) {
	unix.CloseOnExec(fdSync)
	unix.CloseOnExec(fdCounters)
	shared := os.NewFile(fdCounters, countersName)
	defer shared.Close()
	return mapCounters(shared)
}

// pipeFlush gives the function that waits until all that this process wrote
// is on its way to the master, and tells how many bytes that were since the
// start. The supervisor answers as long as it lives.
func pipeFlush(counts *counters) func() (uint64, error) {
	channel := os.NewFile(fdSync, "sync")
	var mu sync.Mutex
	return func() (uint64, error) {
		mu.Lock()
		defer mu.Unlock()
		if n, ok := counts.settled(); ok {
			return n, nil
		}
		var word [8]byte
		if _, err := channel.Write(word[:]); err != nil {
			return 0, fmt.Errorf("the supervisor is gone: %w", err)
		}
		if _, err := io.ReadFull(channel, word[:]); err != nil {
			return 0, fmt.Errorf("the supervisor is gone: %w", err)
		}
		return binary.LittleEndian.Uint64(word[:]), nil
	}
}
