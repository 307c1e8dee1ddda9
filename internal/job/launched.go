package job

import (
	"log/slog"
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

	mu        sync.Mutex
	folder    *launch.Folder
	listener  *link.Listener
	launch    Launch             // nil before the launcher runs
	present   map[string]*Worker // by supervisor token, from the first call on
	admission admission
}

// gathering is a start at work: who has news of a worker tells it.
type gathering struct {
	news chan joining
	over chan struct{} // closed when nobody listens any more
}

// joining is news of a worker that starts.
type joining struct {
	worker *Worker
	err    error
}

// tell waits until the news is taken, or of no use.
func (g *gathering) tell(j joining) {
	select {
	case g.news <- j:
	case <-g.over:
	}
}

// New makes a job of which nothing runs yet.
func New(cfg Config) *Launched {
	return &Launched{
		cfg: cfg, spoilt: make(chan struct{}), present: map[string]*Worker{},
		start: gathering{news: make(chan joining), over: make(chan struct{})},
	}
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
