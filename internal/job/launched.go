package job

import (
	"context"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// Config says what a launcher is to start, and who hears of it.
type Config struct {
	NP        int               // number of workers; -1: the launcher decides
	Spec      launch.Spec       // the launch: all but NP, Folder, Forward and, where it is this program, Exe
	Settings  protocol.Settings // of the workers: all but Folder
	Interface string            // where the master listens; "": where it is needed
	Timeout   time.Duration     // for all to join; 0: DefaultTimeout, and more for many
	Launcher  Launcher
	Display   *output.Display // shows what the workers write
	Version   string          // of this software
	Log       *slog.Logger

	// Say tells the user something that is neither output nor an error.
	Say func(format string, args ...any)
	// Closed reports whether nobody wants the job any more. It waits for nothing.
	Closed func() bool
	// Lost hears of a worker that had joined and whose process has ended, while the
	// job was still wanted.
	Lost func(w *Worker)
}

// Launched is a job that a launcher starts.
type Launched struct {
	cfg       Config
	start     gathering
	accepting sync.WaitGroup // who lets processes in
	unclean   sync.Once
	spoilt    chan struct{} // closed, by unclean, when a worker could not end in order

	mu       sync.Mutex
	folder   *launch.Folder
	listener *link.Listener
	launch   Launch             // nil before the launcher runs
	present  map[string]*Worker // by supervisor token, from the first call on
	door     door
}

// New makes a job of which nothing runs yet.
func New(cfg Config) *Launched {
	return &Launched{
		cfg: cfg, spoilt: make(chan struct{}), present: map[string]*Worker{},
		start: gathering{news: make(chan joining), over: make(chan struct{})},
	}
}

// Start implements Job: it starts the launcher and waits for the workers.
func (j *Launched) Start(ctx context.Context, welcome func([]*Worker) error) error {
	defer close(j.start.over)
	if err := j.begin(); err != nil {
		return err
	}
	workers, err := j.gather(ctx)
	if err != nil {
		return err
	}
	if err := welcome(workers); err != nil {
		return err
	}
	j.shut()
	return nil
}

// keep notes, in set, what Free is to free. The error says that the job is not wanted
// any more.
func (j *Launched) keep(set func()) error {
	j.mu.Lock()
	set()
	j.mu.Unlock()
	if j.cfg.Closed() {
		return luaerr.New(luaerr.Launch, "the manager was closed while its workers were started")
	}
	return nil
}

// begin makes the job's folder and listener and starts the launcher.
func (j *Launched) begin() error {
	log := j.cfg.Log
	folder, err := launch.MakeFolder(max(j.cfg.NP, 0))
	if err != nil {
		return luaerr.New(luaerr.Launch, "%w", err)
	}
	if err := j.keep(func() { j.folder = folder }); err != nil {
		return err
	}
	folder.Guard(nil)
	spec, err := j.spec(folder)
	if err != nil {
		return err
	}
	plan, err := launch.Plan(spec)
	if err != nil {
		return err
	}
	log.Debug("start: workers", "launcher", plan.Path, "command", plan.Describe(), "settings", strings.Join(plan.Settings, " "), "folder", folder.Path)
	listener, err := link.Listen(link.ListenConfig{
		Version: j.cfg.Version, Job: folder.Path, Dir: folder.Path,
		TCP: !plan.Local || j.cfg.Interface != "", Interface: j.cfg.Interface, Log: log,
	})
	if err != nil {
		return luaerr.New(luaerr.Launch, "%w", err)
	}
	log.Debug("start: the master listens", "socket", listener.Join().Unix, "tcp", listener.Join().TCP)
	err = j.keep(func() { j.listener = listener })
	j.accepting.Go(func() { j.accept(listener) }) // who frees the job finds the listener, and closes it before it waits for this
	if err != nil {
		return err
	}
	if plan.Local {
		if err := launch.CheckLimits(spec.NP, folder.Path); err != nil {
			return err
		}
	}
	settings := j.cfg.Settings
	settings.Folder = folder.Path
	running, err := j.cfg.Launcher.Launch(spec, listener.Join(), settings)
	if err != nil {
		return err
	}
	log.Debug("start: the launcher runs")
	return j.keep(func() { j.launch = running })
}

// spec is what the launcher is to start.
func (j *Launched) spec(folder *launch.Folder) (launch.Spec, error) {
	spec := j.cfg.Spec
	spec.NP, spec.Folder = max(j.cfg.NP, 0), folder.Path
	spec.Forward = []string{protocol.EnvJoin, protocol.EnvSettings}
	if spec.Exe == "" {
		var err error
		if spec.Exe, err = os.Executable(); err != nil {
			return spec, luaerr.New(luaerr.Launch, "where this command lies is not known: %w", err)
		}
	}
	return spec, nil
}

// running gives the launcher at work, nil before that.
func (j *Launched) running() Launch {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.launch
}

// everyone lists all workers, those that have not joined as well.
func (j *Launched) everyone() []*Worker {
	j.mu.Lock()
	defer j.mu.Unlock()
	all := make([]*Worker, 0, len(j.present))
	for _, w := range j.present {
		all = append(all, w)
	}
	return all
}
