package load

import (
	"context"
	"fmt"
	"sync"
	"time"

	"google.golang.org/grpc"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// communicators serves the operations of a plugin's function calls.
type communicators struct {
	wire.UnimplementedCommunicatorServer
	p *process

	mu     sync.Mutex
	calls  map[uint64]*served
	server *grpc.Server
}

// served is a function call that may communicate.
type served struct {
	ctx  context.Context
	comm *plugins.Comm

	mu   sync.Mutex
	busy chan struct{} // of the operation at work, closed when it is over
}

// leaveGrace is how long an operation that was given up may take to leave
// MPI. One that cannot is left behind.
const leaveGrace = time.Second

func newCommunicators(p *process) *communicators {
	return &communicators{p: p, calls: map[uint64]*served{}}
}

func (c *communicators) setServer(s *grpc.Server) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.server = s
}

// stop ends the service. Operations that run are told so.
func (c *communicators) stop() {
	c.mu.Lock()
	s := c.server
	c.mu.Unlock()
	if s != nil {
		// An operation that sits in the MPI library cannot be waited for.
		go s.Stop()
	}
}

// serve lets a call communicate until the function that it gives is called:
// then an operation that still waits is given up, and has left MPI when the
// function returns, if it can.
func (c *communicators) serve(ctx context.Context, id uint64, comm *plugins.Comm) (end func()) {
	ctx, cancel := context.WithCancel(ctx)
	s := &served{ctx: ctx, comm: comm}
	c.mu.Lock()
	c.calls[id] = s
	c.mu.Unlock()
	return func() {
		c.mu.Lock()
		delete(c.calls, id)
		c.mu.Unlock()
		cancel()
		s.mu.Lock()
		busy := s.busy
		s.mu.Unlock()
		if busy == nil {
			return
		}
		select {
		case <-busy:
		case <-time.After(leaveGrace):
		}
	}
}

// Do carries out an operation. It ends early when the call is given up or the
// plugin is gone.
func (c *communicators) Do(rpc context.Context, w *wire.Operation) (*wire.Done, error) {
	if w.GetKind() == wire.Operation_NONE {
		return &wire.Done{}, nil
	}
	c.mu.Lock()
	s := c.calls[w.GetCall()]
	c.mu.Unlock()
	if s == nil {
		return &wire.Done{Error: "the function call is over"}, nil
	}
	over := make(chan struct{})
	defer close(over)
	s.mu.Lock()
	s.busy = over
	s.mu.Unlock()
	ctx, cancel := context.WithCancelCause(s.ctx)
	defer cancel(nil)
	stop := context.AfterFunc(rpc, func() { cancel(context.Cause(rpc)) })
	defer stop()
	var pieces []*shm.Piece
	op, err := c.operation(w, s.comm, &pieces)
	if err == nil {
		err = s.comm.Do(ctx, op)
	}
	for _, p := range pieces {
		if ctx.Err() != nil {
			p.Abandon() // MPI may still write to it
		} else {
			p.Release()
		}
	}
	if err != nil {
		e := luaerr.From(err)
		return &wire.Done{Error: e.Message, Class: e.Class}, nil
	}
	return &wire.Done{Source: int32(op.Status.Source), Tag: int32(op.Status.Tag), Bytes: uint64(op.Status.Bytes)}, nil
}

// operation reads an operation and checks all that could make MPI touch
// memory that is not meant.
func (c *communicators) operation(w *wire.Operation, comm *plugins.Comm, pieces *[]*shm.Piece) (*plugins.Operation, error) {
	op := &plugins.Operation{
		Kind: plugins.Kind(w.GetKind()), Type: plugins.Type(w.GetType()), Op: plugins.Reduction(w.GetOp()), Root: int(w.GetRoot()),
		Dest: int(w.GetDest()), Source: int(w.GetSource()), Tag: int(w.GetTag()), RecvTag: int(w.GetRecvTag()),
	}
	var err error
	if op.Send, err = c.memory(w.GetSend(), pieces); err != nil {
		return nil, err
	}
	if op.Recv, err = c.memory(w.GetRecv(), pieces); err != nil {
		return nil, err
	}
	if op.SendCounts, err = readCounts(w.GetSendCounts()); err != nil {
		return nil, err
	}
	if op.RecvCounts, err = readCounts(w.GetRecvCounts()); err != nil {
		return nil, err
	}
	return op, checkOperation(op, comm.Rank(), comm.Size())
}

func (c *communicators) memory(r *wire.Region, pieces *[]*shm.Piece) ([]byte, error) {
	if r.GetLength() == 0 {
		return nil, nil
	}
	m := c.p.host
	if r.GetPlugin() {
		m = c.p.own
	}
	piece, err := m.View(r.GetOffset(), r.GetLength())
	if err != nil {
		return nil, err
	}
	*pieces = append(*pieces, piece)
	return piece.Bytes, nil
}

func readCounts(w []uint64) ([]int, error) {
	if w == nil {
		return nil, nil
	}
	counts := make([]int, len(w))
	for i, n := range w {
		if n > 1<<31-1 {
			return nil, fmt.Errorf("a count of %d is more than MPI can have", n)
		}
		counts[i] = int(n)
	}
	return counts, nil
}

// checkOperation reports what is wrong with an operation of a plugin.
func checkOperation(op *plugins.Operation, rank, size int) error {
	if op.Kind == plugins.OpBarrier {
		return nil
	}
	probe := op.Kind == plugins.OpProbe
	if !probe && !op.Type.Known() {
		return fmt.Errorf("an operation on an unknown type %d", op.Type)
	}
	bytes := op.Type.Size()
	if len(op.Send)%bytes != 0 || len(op.Recv)%bytes != 0 || len(op.Send)/bytes > 1<<31-1 || len(op.Recv)/bytes > 1<<31-1 {
		return fmt.Errorf("arrays of %d and %d bytes are no whole number of %s elements that MPI can count", len(op.Send), len(op.Recv), op.Type)
	}
	inside := func(rank, least int) bool { return rank >= least && rank < size }
	switch op.Kind {
	case plugins.OpSend, plugins.OpRecv, plugins.OpSendrecv, plugins.OpProbe:
		if op.Kind != plugins.OpRecv && !probe && (!inside(op.Dest, 0) || op.Tag < 0) ||
			op.Kind != plugins.OpSend && (!inside(op.Source, plugins.AnySource) || op.RecvTag < plugins.AnyTag) {
			return fmt.Errorf("a message to rank %d with tag %d, from rank %d with tag %d, among %d ranks", op.Dest, op.Tag, op.Source, op.RecvTag, size)
		}
		return nil
	}
	if !inside(op.Root, 0) {
		return fmt.Errorf("root %d is not among %d ranks", op.Root, size)
	}
	return checkCollective(op, op.Root == rank, rank, size)
}

func checkCollective(op *plugins.Operation, root bool, rank, size int) error {
	sends, receives := len(op.Send)/op.Type.Size(), len(op.Recv)/op.Type.Size()
	fits := func(counts []int, n int) bool {
		total := 0
		for _, k := range counts {
			total += k
		}
		return len(counts) == size && total == n
	}
	ok := true
	switch op.Kind {
	case plugins.OpBcast:
	case plugins.OpReduce, plugins.OpAllreduce, plugins.OpScan, plugins.OpExscan:
		ok = op.Op >= plugins.Sum && op.Op <= plugins.Bxor && (sends == receives || op.Kind == plugins.OpReduce && !root)
	case plugins.OpGather:
		ok = !root || fits(op.RecvCounts, receives) && op.RecvCounts[rank] == sends
	case plugins.OpScatter:
		ok = !root || fits(op.SendCounts, sends) && op.SendCounts[rank] == receives
	case plugins.OpAllgather:
		ok = fits(op.RecvCounts, receives) && op.RecvCounts[rank] == sends
	case plugins.OpAlltoall:
		ok = fits(op.SendCounts, sends) && fits(op.RecvCounts, receives)
	default:
		return fmt.Errorf("there is no operation of kind %d", op.Kind)
	}
	if !ok {
		return fmt.Errorf("a collective of kind %d with arrays or counts that do not fit (%d and %d elements, counts %v and %v)",
			op.Kind, sends, receives, op.SendCounts, op.RecvCounts)
	}
	return nil
}
