// Package rpc lets the processes of a cluster call each other's services.
//
// A Node is one process: it has a pid, links to other nodes, and a table of
// services, which is complete when New returns. Master and workers differ only
// in what their tables hold.
//
//	n := rpc.New(rpc.Config{
//		Self: 2,
//		Layers: func(n *rpc.Node) []rpc.Layer {
//			return []rpc.Layer{{Services: []rpc.Service{{
//				Name: "double", Inline: true,
//				Serve: func(r *rpc.Incoming) { r.Post(rpc.Reply{Data: append(r.Data, r.Data...)}) },
//			}}}}
//		},
//	})
//	err := n.Attach(rpc.Master, l) // a link to the master
//
// and elsewhere
//
//	reply, err := n.Call(ctx, 2, rpc.Request{Service: "double", Data: []byte("ab")})
//
// There are three verbs for callers. Call sends a request and waits for the
// reply (CallAll does so with several processes at a time). Start sends a
// request and returns the Call, whose reply is awaited later or given to a
// function. Tell sends a request that has no reply. The fourth is Serve, in the
// table of services.
//
// A request is a service's name, bytes that the service knows how to read, and
// perhaps a message of Lua values, which this package carries and does not
// read. It travels as one frame on the link to its process, or through the
// master where the two have no link of their own; the reply comes back the same
// way. Requests of one process start in the order in which they were made.
//
// Whoever waits here must not hold the interpreter: use interp.Wait.
package rpc

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"

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
	// Connect makes a link to a process that was not called before. Nil, or a
	// nil link: requests go through the master.
	Connect func(ctx context.Context, pid Pid) (link.Link, error)
	// ValuesOnly is for a process that trusts others with data alone: what they
	// send holds no functions, and of the services only those marked Data are
	// served to them.
	ValuesOnly bool
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

// New makes a node with the services of this package and those of its layers.
// A service that is there twice is a mistake of the program: New panics.
func New(cfg Config) *Node {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	if cfg.Codec == nil {
		cfg.Codec = &value.Codec{Self: cfg.Self, Chunks: value.NewChunks(), Names: value.NewNames()}
	}
	n := &Node{
		cfg: cfg, services: map[string]*Service{}, peers: map[Pid]*peer{},
		members: []Pid{cfg.Self}, membersChange: make(chan struct{}), quiet: make(chan struct{}),
	}
	n.ctx, n.end = context.WithCancel(context.Background())
	n.self.Store(cfg.Self)
	n.layers = []Layer{n.sources()}
	if cfg.Layers != nil {
		n.layers = append(n.layers, cfg.Layers(n)...)
	}
	for _, layer := range n.layers {
		for _, s := range layer.Services {
			if n.services[s.Name] != nil {
				panic("rpc: there are two services of the name " + s.Name)
			}
			n.services[s.Name] = &s
		}
	}
	return n
}

// Self is the node's own pid.
func (n *Node) Self() Pid { return n.self.Load() }

// Become gives the node and its codec another pid, for a process that learns
// its pid late. It is an error once there was a link. The caller holds the
// interpreter, since encoders read the codec's pid.
func (n *Node) Become(self Pid) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	for _, p := range n.peers {
		if p.link != nil || p.lost != nil {
			return fmt.Errorf("pid %d has links: it cannot become pid %d", n.Self(), self)
		}
	}
	n.self.Store(self)
	n.cfg.Codec.Self = self
	n.renewMembers([]Pid{self})
	return nil
}

// Blame returns an error that names this process as the one where it happened,
// unless it names one already.
func (n *Node) Blame(err error) *luaerr.Error {
	if p := n.cfg.Place; p != nil {
		return luaerr.From(err).At(p.Rank, int(n.Self()), p.Host)
	}
	return luaerr.From(err).At(luaerr.NoRank, int(n.Self()), "")
}

// Close breaks all links and fails what waits. When it returns, no goroutine
// of the node runs any more.
func (n *Node) Close() {
	n.mu.Lock()
	n.closed = true
	for _, p := range n.peers {
		for _, l := range p.all {
			l.Close()
		}
	}
	waiting := n.takeCalls(func(*Call) bool { return true })
	n.mu.Unlock()
	n.end()
	for _, c := range waiting {
		c.settle(result{err: errClosed})
	}
	n.readers.Wait()
	n.working.Wait()
}

var errClosed = luaerr.New(luaerr.Interrupted, "this process is ending")

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

// Ended returns the error of a wait that ended with its context: the context's
// cause where that is an error of ours, else one of kind Interrupted.
func Ended(ctx context.Context) error {
	cause := context.Cause(ctx)
	if e := luaerr.From(cause); e.Kind != luaerr.Script {
		return e
	}
	return luaerr.New(luaerr.Interrupted, "interrupted: %w", cause)
}
