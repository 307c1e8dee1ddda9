package plugins

import (
	"context"
	"fmt"
)

// Kind says what an Operation does. The numbers are those of the protocol.
type Kind uint8

// The kinds of operations.
const (
	OpSend Kind = iota + 1
	OpRecv
	OpSendrecv
	OpProbe
	OpBarrier
	OpBcast
	OpReduce
	OpAllreduce
	OpScan
	OpExscan
	OpGather
	OpScatter
	OpAllgather
	OpAlltoall
)

// Reduction is one of MPI's own reduction ops.
type Reduction uint8

// The reductions.
const (
	Sum Reduction = iota + 1
	Prod
	Min
	Max
	Land
	Lor
	Lxor
	Band
	Bor
	Bxor
)

// AnySource and AnyTag match every rank and every tag.
const (
	AnySource = -1
	AnyTag    = -1
)

// Operation is one MPI operation, as a Transport carries it out. Parts of a
// collective follow one another without gaps.
type Operation struct {
	Kind                   Kind
	Type                   Type
	Send, Recv             []byte
	SendCounts, RecvCounts []int // elements to and from each rank
	Op                     Reduction
	Root, Dest, Source     int
	Tag, RecvTag           int
	Status                 Status // result of a receive or probe
}

// Status tells what was received, or would be.
type Status struct {
	Source, Tag int
	Bytes       int
}

// Count returns the number of elements of a type.
func (s Status) Count(t Type) int { return s.Bytes / t.Size() }

// Transport carries out operations. The host's is MPI; plugintest has one
// inside a process.
type Transport interface {
	// Do carries out the operation and returns when it is over, or when ctx
	// is; op.Status is then set where the kind has one.
	Do(ctx context.Context, op *Operation) error
}

// Comm are the ranks that take part in a function call: those of the caller's
// communicator, on a duplicate of it, so that messages here never meet those
// of the script. Calls block, and end with an error when the script gives the
// function up. Use it from one goroutine at a time.
type Comm struct {
	rank, size int
	ctx        context.Context
	transport  Transport
}

// NewComm makes a Comm on a transport: for hosts and tests.
func NewComm(ctx context.Context, rank, size int, t Transport) *Comm {
	return &Comm{rank: rank, size: size, ctx: ctx, transport: t}
}

// Rank returns the rank of this process, from 0.
func (c *Comm) Rank() int { return c.rank }

// Size returns the number of ranks.
func (c *Comm) Size() int { return c.size }

// Do carries out an operation: what the functions below are made of.
func (c *Comm) Do(ctx context.Context, op *Operation) error { return c.transport.Do(ctx, op) }

func (c *Comm) do(op *Operation) (Status, error) {
	err := c.transport.Do(c.ctx, op)
	return op.Status, err
}

func (c *Comm) checkRoot(root int) error {
	if root < 0 || root >= c.size {
		return fmt.Errorf("root %d is not among %d ranks", root, c.size)
	}
	return nil
}

// Barrier waits until every rank is in it.
func (c *Comm) Barrier() error {
	_, err := c.do(&Operation{Kind: OpBarrier})
	return err
}

// Probe waits for a message and reports what it is, without receiving it.
func (c *Comm) Probe(source, tag int) (Status, error) {
	return c.do(&Operation{Kind: OpProbe, Source: source, RecvTag: tag})
}

// Send sends elements to a rank. Tags are from 0.
func Send[T Element](c *Comm, data []T, dest, tag int) error {
	_, err := c.do(&Operation{Kind: OpSend, Type: TypeOf[T](), Send: raw(data), Dest: dest, Tag: tag})
	return err
}

// Recv receives a message of at most len(data) elements.
func Recv[T Element](c *Comm, data []T, source, tag int) (Status, error) {
	return c.do(&Operation{Kind: OpRecv, Type: TypeOf[T](), Recv: raw(data), Source: source, RecvTag: tag})
}

// Sendrecv sends and receives at the same time, with one tag.
func Sendrecv[T Element](c *Comm, send []T, dest int, recv []T, source, tag int) (Status, error) {
	return c.do(&Operation{
		Kind: OpSendrecv, Type: TypeOf[T](), Send: raw(send), Recv: raw(recv), Dest: dest, Source: source, Tag: tag, RecvTag: tag,
	})
}

// Bcast sends the root's data to every rank; all have the same length.
func Bcast[T Element](c *Comm, data []T, root int) error {
	if err := c.checkRoot(root); err != nil {
		return err
	}
	_, err := c.do(&Operation{Kind: OpBcast, Type: TypeOf[T](), Send: raw(data), Root: root})
	return err
}

func reduce[T Element](c *Comm, kind Kind, send, recv []T, op Reduction, root int) error {
	if err := c.checkRoot(root); err != nil {
		return err
	}
	if kind == OpReduce && c.rank != root {
		recv = nil
	} else if len(recv) != len(send) {
		return fmt.Errorf("a reduction of %d elements into %d", len(send), len(recv))
	}
	_, err := c.do(&Operation{Kind: kind, Type: TypeOf[T](), Send: raw(send), Recv: raw(recv), Op: op, Root: root})
	return err
}

// Reduce combines the arrays of all ranks on the root; elsewhere recv is not
// used. recv may be send.
func Reduce[T Element](c *Comm, send, recv []T, op Reduction, root int) error {
	return reduce(c, OpReduce, send, recv, op, root)
}

// Allreduce combines the arrays of all ranks on every rank. recv may be send.
func Allreduce[T Element](c *Comm, send, recv []T, op Reduction) error {
	return reduce(c, OpAllreduce, send, recv, op, 0)
}

// Scan combines the arrays of the ranks up to this one. recv may be send.
func Scan[T Element](c *Comm, send, recv []T, op Reduction) error {
	return reduce(c, OpScan, send, recv, op, 0)
}

// Exscan combines the arrays of the ranks before this one; rank 0 gets
// nothing.
func Exscan[T Element](c *Comm, send, recv []T, op Reduction) error {
	return reduce(c, OpExscan, send, recv, op, 0)
}
