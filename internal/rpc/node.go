package rpc

import (
	"context"
	"log/slog"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Pid names a process of the cluster: the master is 1, workers are 2, 3, ….
// Pids grow and are never reused.
type Pid = int32

// Master is the pid of the process that runs the script.
const Master Pid = 1

// Config describes a node. Self must be set; the rest may be left out.
type Config struct {
	Self Pid
	// Codec has the sources of the process's functions: messages that need one
	// wait for it. Default: a codec without sources.
	Codec *value.Codec
	// Place says where in an MPI job the process runs, for its errors. Nil: in
	// none.
	Place *Place
	Log   *slog.Logger // default: discard
	// Layers returns what stands on the node that is being made. It is called
	// once, by New; it may keep n, and call its methods once New has returned.
	Layers func(n *Node) []Layer
	// ValuesOnly is for a process that trusts others with values alone: what they
	// send holds no functions, and of its services only those marked Values are
	// for them.
	ValuesOnly bool
	// Connect makes a link to a process that was not called before. Nil, or a
	// nil link: requests go through the master.
	Connect func(ctx context.Context, pid Pid) (link.Link, error)
	// Lost returns the error for a process whose link broke. It may wait a
	// moment to learn why. Nil, or a nil error: a plain one.
	Lost func(pid Pid, cause error) *luaerr.Error
}

// Place is where in an MPI job a process runs.
type Place struct {
	Rank int
	Host string
}

// Layer is a part of the process that stands on its node: its services, and
// what it wants to hear of. The functions may be nil, and return at once.
type Layer struct {
	Services []Service
	// Gone is called once for each process that is lost, with the reason.
	Gone func(pid Pid, why *luaerr.Error)
	// Retired is called when the node retires, with the error for what can not
	// be served any more.
	Retired func(why error)
}

// Node is one process of the cluster. Close ends it.
type Node struct {
	cfg      Config
	self     atomic.Int32
	services map[string]*Service
	layers   []Layer
	retired  atomic.Bool
	ctx      context.Context // ends with Close
	end      context.CancelFunc
	working  sync.WaitGroup // goroutines that are not readers

	mu            sync.Mutex
	members       []Pid         // sorted; this process included
	membersChange chan struct{} // closed when members change
	peers         map[Pid]*peer
	calls         Table[uint64, *Call]      // that wait for their reply
	serving       Table[callID, *Incoming]  // that were not answered yet
	kept          Table[callID, travellers] // sent in replies, not yet acknowledged
	quiet         chan struct{}             // closed when few requests are served
	nextID        uint64
	closed        bool
	readers       sync.WaitGroup

	announcing sync.Mutex // held while members change and the others are told
}

// callID names a call in the process that serves it: by its caller, and the
// number that the caller gave it.
type callID struct {
	from Pid
	id   uint64
}

// travellers are values of a message that must live until the receiver has
// taken the message in.
type travellers = []value.Traveller

// Self is the node's own pid.
func (n *Node) Self() Pid { return n.self.Load() }

// Blame returns an error that names this process as the one where it happened,
// unless it names one already.
func (n *Node) Blame(err error) *luaerr.Error {
	if p := n.cfg.Place; p != nil {
		return luaerr.From(err).At(p.Rank, int(n.Self()), p.Host)
	}
	return luaerr.From(err).At(luaerr.NoRank, int(n.Self()), "")
}

// Background runs work in a goroutine that Close waits for. In a node that is
// closed, where nothing waits any more, it runs work at once.
func (n *Node) Background(work func()) {
	n.mu.Lock()
	closed := n.closed
	if !closed {
		n.working.Add(1)
	}
	n.mu.Unlock()
	if closed {
		work()
		return
	}
	go func() {
		defer n.working.Done()
		work()
	}()
}

var errClosed = luaerr.New(luaerr.Interrupted, "this process is ending")

// Ended returns the error of a wait that ended with its context: the context's
// cause where that is an error of ours, else one of kind Interrupted.
func Ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if e := luaerr.From(cause); e.Kind != luaerr.Script {
		return e
	}
	return luaerr.New(luaerr.Interrupted, "interrupted: %w", cause)
}

// peer is another process as this one sees it. Node.mu guards it.
type peer struct {
	pid      Pid
	link     link.Link     // where frames for it go, once ready is closed
	all      []link.Link   // every link that is read: both ends may dial at once
	ready    chan struct{} // closed when link or lost is set
	dialling *dialling     // the attempt to connect that is being made
	gone     chan struct{} // closed when lost is set
	lost     *luaerr.Error
	leaving  bool // it needs to know of nobody any more; of the master
	inbox    inbox
	outbox   outbox
}

// peer returns the record of a process, a fresh one if need be. n.mu is held.
func (n *Node) peer(pid Pid) *peer {
	p := n.peers[pid]
	if p == nil {
		p = &peer{pid: pid, ready: make(chan struct{}), gone: make(chan struct{})}
		n.peers[pid] = p
	}
	return p
}

func (p *peer) lose(why *luaerr.Error) {
	p.lost = why
	close(p.gone)
	if p.link == nil {
		close(p.ready)
	}
}

// goneWait is how long a process that sees a link break waits for the master to
// say why.
const goneWait = 1500 * time.Millisecond

// dialling is an attempt to connect. It may be repeated after it was refused.
type dialling struct {
	over    chan struct{}
	refused *luaerr.Error // set before over is closed
}
