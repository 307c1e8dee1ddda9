// Package node makes a process ask other processes for things and answer
// their requests. Master and worker are the same here: a Node with a pid,
// links to others, and one table of services.
//
// A request travels as a frame to the process that has the pid, over the link
// to it or through the master; the answer comes back the same way. Requests
// from one process start in the order in which they were made. Replies,
// cancellations and services marked Inline never wait for the interpreter.
//
// A caller holds no interpreter while it waits: Call is used from inside
// interp.Wait.
package node

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Pid names a process of the cluster: the master is 1, workers are 2, 3, ….
// Pids grow and are never reused.
type Pid = int32

// Master is the pid of the process that runs the script.
const Master Pid = 1

// Config connects a node to its process.
type Config struct {
	Self   Pid
	Interp *interp.Interp
	Log    *slog.Logger // default: discard
	// Connect makes the link to a process that was not talked to before. Nil
	// or an error: messages go through the master.
	Connect func(ctx context.Context, pid Pid) (link.Link, error)
	// Report shows a text to the user: an error of a call that nobody waits
	// for. Default: standard error. It must not wait for the interpreter.
	Report func(text string)
	// ValuesOnly is for a process that trusts others with data alone: what they
	// send holds no functions, and of the services only those marked Data are
	// offered to them.
	ValuesOnly bool
	// Lost makes the error for a process whose link broke; it may wait a
	// moment to learn why it died. Nil: a plain one.
	Lost func(pid Pid, cause error) *luaerr.Error
}

// Node is a process among others. Make it with New; Close ends its links.
type Node struct {
	cfg      Config
	self     atomic.Int32
	services map[string]*Service
	values   store
	rank     int    // in the MPI job, or luaerr.NoRank
	host     string // "" when not known
	retired  atomic.Bool
	ctx      context.Context // ends with Close
	end      context.CancelFunc
	holding  map[*lua.LState][]*Begun // see Hold; who holds the interpreter may touch it
	working  sync.WaitGroup           // goroutines that are not readers

	mu            sync.Mutex
	members       []Pid         // sorted; of the cluster, this process included
	quiet         chan struct{} // closed when few requests are served
	telling       sync.Mutex    // held while members change and the others are told
	membersChange chan struct{} // closed when members change
	whenGone      []func(Pid)
	unacked       table[requestKey, []value.Traveller] // sent in answers, not yet counted by their receivers
	peers         map[Pid]*peer
	pending       table[uint64, *pending]
	serving       table[requestKey, *Request]
	nextID        uint64
	closed        bool
	readers       sync.WaitGroup
}

// New makes a node with the services that every process has.
func New(cfg Config) *Node {
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	n := &Node{
		cfg: cfg, services: map[string]*Service{}, peers: map[Pid]*peer{},
		members: []Pid{cfg.Self}, rank: luaerr.NoRank,
		membersChange: make(chan struct{}), quiet: make(chan struct{}),
		holding: map[*lua.LState][]*Begun{},
	}
	if n.cfg.Report == nil {
		n.cfg.Report = func(text string) { fmt.Fprintln(os.Stderr, text) }
	}
	n.ctx, n.end = context.WithCancel(context.Background())
	n.values.open(n)
	n.self.Store(cfg.Self)
	n.Offer(Service{Name: serviceCall, Start: n.startCall})
	n.Offer(Service{Name: serviceSource, Inline: true, Always: true, Data: true, Start: n.startSource})
	n.Offer(Service{Name: serviceDo, Start: n.startDo})
	n.Offer(Service{Name: serviceReport, Inline: true, Always: true, Data: true, Start: func(r *Request) { n.cfg.Report(string(r.Meta)) }})
	n.offerValues()
	return n
}

// Self is the node's own pid.
func (n *Node) Self() Pid { return n.self.Load() }

// Become gives the node another pid, and its codec as well. The caller holds
// the interpreter; no link is attached yet and no request is on its way.
func (n *Node) Become(self Pid) {
	n.self.Store(self)
	n.Codec().Self = self
	n.mu.Lock()
	defer n.mu.Unlock()
	n.renewMembers([]Pid{self})
}

// SetPlace tells where the process runs, for errors: its rank (or
// luaerr.NoRank) and its host. It is called before the node has links.
func (n *Node) SetPlace(rank int, host string) { n.rank, n.host = rank, host }

// Blame gives an error that names this process as the one where it happened,
// unless it names one already.
func (n *Node) Blame(err error) *luaerr.Error {
	return luaerr.From(err).At(n.rank, int(n.Self()), n.host)
}

// Interp is the interpreter of the process.
func (n *Node) Interp() *interp.Interp { return n.cfg.Interp }

// Codec turns values into messages and back.
func (n *Node) Codec() *value.Codec { return n.cfg.Interp.Codec() }

// Offer adds a service. All are added before the first link is attached.
func (n *Node) Offer(s Service) {
	if n.services[s.Name] != nil {
		panic("node: service offered twice: " + s.Name)
	}
	n.services[s.Name] = &s
}

// WhenGone has f called with the pid of each process that is lost. It is
// called before the first link is attached; f returns at once.
func (n *Node) WhenGone(f func(Pid)) { n.whenGone = append(n.whenGone, f) }

// Attach takes over the link to a process: the node reads from it until it
// breaks, then everything that waits for that process fails.
func (n *Node) Attach(pid Pid, l link.Link) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closed {
		return fmt.Errorf("node %d is closed", n.Self())
	}
	p := n.peer(pid)
	if p.lost != nil {
		return p.lost
	}
	if p.link == nil {
		p.link = l
		close(p.ready)
	}
	p.all = append(p.all, l)
	n.readers.Add(1)
	go n.read(pid, l)
	return nil
}

// Close breaks all links and fails what waits. It returns when no goroutine
// of the node reads any more.
func (n *Node) Close() {
	n.mu.Lock()
	n.closed = true
	for _, p := range n.peers {
		for _, l := range p.all {
			l.Close()
		}
	}
	var waits []*pending
	for id, p := range n.pending.all {
		waits = append(waits, p)
		n.pending.delete(id)
	}
	n.mu.Unlock()
	n.end()
	for _, p := range waits {
		p.settle(result{err: errClosed})
	}
	n.readers.Wait()
	n.working.Wait()
}

// Forget tells the node that a process is gone for good, and why. What waits
// for it fails with that error.
func (n *Node) Forget(pid Pid, why *luaerr.Error) {
	n.mu.Lock()
	p := n.peer(pid)
	if p.lost != nil {
		n.mu.Unlock()
		return
	}
	p.lose(why)
	links := p.all
	p.link, p.all = nil, nil // the record stays, and what a link holds in memory is much
	n.mu.Unlock()
	for _, l := range links {
		l.Close()
	}
	if n.Self() == Master {
		n.tellGone(pid, why) // who hears of the loss no longer counts it among the members
	}
	n.failWaiting(pid, why)
	n.values.forget(pid, why)
	for _, f := range n.whenGone {
		f(pid)
	}
}

func (n *Node) read(pid Pid, l link.Link) {
	defer n.readers.Done()
	for {
		f, err := l.Receive()
		if err == nil {
			err = n.dispatch(pid, f)
		}
		if err != nil {
			l.Close()
			n.broken(pid, err)
			return
		}
	}
}

// broken handles the end of a link: unless the node itself is closing, the
// process at the other end is lost.
func (n *Node) broken(pid Pid, cause error) {
	n.mu.Lock()
	over := n.closed || n.peer(pid).lost != nil
	n.mu.Unlock()
	if over {
		return
	}
	var why *luaerr.Error
	if n.cfg.Lost != nil {
		why = n.cfg.Lost(pid, cause)
	}
	if why == nil && pid != Master && n.Self() != Master {
		n.awaitGone(pid) // the master knows more
	}
	if why == nil {
		why = luaerr.New(luaerr.Lost, "the connection to pid %d broke: %w", pid, cause)
		why.Pid = int(pid)
	}
	n.Forget(pid, why)
}
