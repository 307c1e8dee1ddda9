// Package ranks is a process that is a rank of an MPI job, started by mpirun, which
// runs the same script as all others. Until the script calls start_main_loop the ranks
// know nothing of each other but what MPI tells; there they meet, each says a word and
// hears those of all, and links are made between them, over sockets or over MPI. Then
// rank 0 is the master, with a job whose workers nobody launched, and the others serve
// until it says leave:
//
//	r := ranks.New(cfg, owner)                  // its Layers are those of the node
//	r.Watch()
//	err := r.Open(ctx, ranks.Wish{Mode: mode})  // on all ranks
//	err = r.Become()
//	if r.Number() > 0 {
//		return r.Serve(L, redirect)         // ends the script
//	}
//	j := r.Job(display)                         // a job.Job
//	…
//	r.End(status)                               // with all others, or against them
//
// Nobody ends alone: MPI waits for all. So a rank that fails, is lost, calls os.exit or
// gets a signal ends the job, in order where all were told, else by aborting it.
package ranks

import (
	"context"
	"fmt"
	"log/slog"
	"sync"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// Config is what a process has that is a rank of an MPI job, for scripts that are
// started by mpirun.
type Config struct {
	worker.Session
	Meeting
	// Transport carries the messages of MPI_TRANSPORT_ALL.
	Transport Transport
	// CheckComm says why a value is no communicator of all ranks, in their
	// order.
	CheckComm func(v lua.LValue) error
	// Watch calls lost when another rank's process has ended and the launcher
	// lets this one go on all the same. It may be nil.
	Watch func(lost func(why string))
	// Folder is the job's folder on this machine, which somebody else removes;
	// "": there is none.
	Folder string
	// Clean removes what the job has in files, where this rank is to; nil:
	// there is nothing. It is called before the process ends in any way.
	Clean func()
	// End ends the process with a status; it may return only in tests. clean
	// says that the other ranks end as well, so that MPI can be finalised;
	// without it the whole job is aborted.
	End func(status int, clean bool)
}

// Meeting is how the ranks come to terms while they have no links. Its calls
// are collective.
type Meeting interface {
	// Meet gives the words of all ranks, by rank, once all of them are here.
	// When ctx ends first, its error is an AbsentError if it knows who is
	// missing.
	Meet(ctx context.Context, word []byte) ([][]byte, error)
	// Share gives every rank what rank 0 gives, after a Meet.
	Share(data []byte) ([]byte, error)
}

// AbsentError is an error that knows which ranks did not come to a meeting.
type AbsentError interface {
	error
	Missing() []int
}

// Transport makes the links between the ranks of a job: it is what the modes
// differ in.
type Transport interface {
	// Open gives the links that this process has from the start, by rank; nil
	// where there is none. Rank 0 has one to each other rank and each has one
	// to rank 0. It is collective, after a Meet.
	Open(ctx context.Context) ([]link.Link, error)
	// Connect makes the link to another worker that Open gave none to, when it
	// is first used.
	Connect(ctx context.Context, pid rpc.Pid) (link.Link, error)
	// Close returns when all that was sent before the links were closed is
	// delivered, or is too late. It is called when they are closed.
	Close() error
}

// word is what a rank says when it meets the others.
type word struct {
	Start   bool   // start_main_loop; else: the script has ended
	Mode    string // of Start
	Problem string // why this rank cannot start
	Version string
	Host    string
	Key     []byte // public key of this rank: see sealed.go
}

// Owner is what a rank needs of the process that it is.
type Owner struct {
	Version   string // of this software
	Interface string // where rank 0 listens; "": where it is needed
	Log       *slog.Logger
	Interp    *interp.Interp
	Life      context.Context // ends when the process begins to end
	// Say tells the user something that is neither output nor an error.
	Say func(format string, args ...any)
	// Report shows an error that ends the script, or the job.
	Report func(err error)
	// Status is the exit status for an error.
	Status func(err error) int
}

// Rank is this process as a rank of its MPI job. New makes it; it ends with the
// process, by End.
type Rank struct {
	cfg   *Config
	own   Owner
	node  *rpc.Node
	part  *worker.Process // what serves chunks
	peers worker.Peers    // links to other workers
	leave chan struct{}   // closed when the master said that this worker is to end
	gone  chan struct{}   // closed when the link to the master has ended

	mu         sync.Mutex
	started    bool // by Open
	transport  Transport
	links      []link.Link   // that there are from the start, by rank
	words      []word        // what the ranks said when they met
	capture    *capture      // of a worker whose output goes to the master
	job        *Job          // on rank 0
	masterGone bool          // gone is closed
	served     bool          // this rank was a worker, and its service is over
	result     error         // of that
	doomed     *luaerr.Error // why the whole job has to end
	exitCall   string        // "os.exit(3) at job.lua:14", once the script called it
	ending     bool          // the process ends
}

// New makes the rank of a process that is not a node yet: Layers is for that.
func New(cfg *Config, own Owner) *Rank {
	return &Rank{cfg: cfg, own: own, leave: make(chan struct{}), gone: make(chan struct{})}
}

// Number is the rank, from 0.
func (r *Rank) Number() int { return r.cfg.Info().Rank }

// String names the rank and its host: "rank 2 (host a)".
func (r *Rank) String() string { return fmt.Sprintf("rank %d (host %s)", r.Number(), job.Hostname()) }

// Place is the rank as other processes know it.
func (r *Rank) Place() *rpc.Place { return &rpc.Place{Rank: r.Number(), Host: job.Hostname()} }

// Where tells what this rank is at, itself.
func (r *Rank) Where() protocol.Where { return worker.Look(r.cfg.World(), r.own.Interp) }

// Connect makes the link from one rank that is a worker to another.
func (r *Rank) Connect(ctx context.Context, pid rpc.Pid) (link.Link, error) {
	r.mu.Lock()
	t := r.transport
	r.mu.Unlock()
	if t == nil || r.node.Self() == rpc.Master {
		return nil, nil
	}
	return t.Connect(ctx, pid)
}

// Started reports whether the ranks have met in Open: from then on they are master and
// workers.
func (r *Rank) Started() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.started
}
