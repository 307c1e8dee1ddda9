package plugins

import (
	"context"
	"errors"
	"fmt"
	"unsafe"

	"google.golang.org/grpc/codes"
	"google.golang.org/grpc/status"

	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// MPIError is an error that MPI gave to an operation of a Comm.
type MPIError struct {
	Class   string // "ERR_TRUNCATE"
	Message string
}

func (e *MPIError) Error() string { return e.Message }

// Do sends an operation to the host. Arrays outside of the shared memory are
// copied there and back.
func (r *running) Do(ctx context.Context, op *Operation) error {
	w := &wire.Operation{
		Call: r.id, Kind: wire.Operation_Kind(op.Kind), Type: wire.ElementType(op.Type), Op: wire.Reduction(op.Op),
		Root: int32(op.Root), Dest: int32(op.Dest), Source: int32(op.Source), Tag: int32(op.Tag), RecvTag: int32(op.RecvTag),
		SendCounts: counts64(op.SendCounts), RecvCounts: counts64(op.RecvCounts),
	}
	var lent lending
	defer lent.end()
	var err error
	if w.Send, err = lent.lend(r, op.Send, true, op.Kind == OpBcast); err != nil {
		return err
	}
	if len(op.Recv) > 0 && unsafe.SliceData(op.Recv) == unsafe.SliceData(op.Send) && len(op.Recv) == len(op.Send) {
		w.Recv = w.Send
		lent.takesBack(op.Recv)
	} else if w.Recv, err = lent.lend(r, op.Recv, keeps(op.Kind), true); err != nil {
		return err
	}
	done, err := r.s.comm.Do(ctx, w)
	switch {
	case status.Code(err) == codes.Canceled, ctx.Err() != nil:
		return errors.New("the script gave the call up")
	case err != nil:
		return fmt.Errorf("the host cannot be reached: %w", err)
	case done.GetClass() != "":
		return &MPIError{done.GetClass(), done.GetError()}
	case done.GetError() != "":
		return errors.New(done.GetError())
	}
	lent.back()
	op.Status = Status{Source: int(done.GetSource()), Tag: int(done.GetTag()), Bytes: int(done.GetBytes())}
	return nil
}

// keeps reports whether an operation may leave a part of what it receives into
// as it was.
func keeps(k Kind) bool { return k == OpExscan || k == OpRecv || k == OpSendrecv }

func counts64(counts []int) []uint64 {
	if counts == nil {
		return nil
	}
	out := make([]uint64, len(counts))
	for i, n := range counts {
		out[i] = uint64(n)
	}
	return out
}

// lending holds the copies that arrays have in shared memory for an
// operation.
type lending []lent

type lent struct {
	piece *shm.Piece
	of    []byte
	out   bool // to be copied back
}

// lend returns a place in shared memory for b.
func (l *lending) lend(r *running, b []byte, in, out bool) (*wire.Region, error) {
	if len(b) == 0 {
		return nil, nil
	}
	if place := r.region(b); place != nil {
		return place, nil
	}
	p, err := r.s.own.Alloc(len(b))
	if err != nil {
		return nil, err
	}
	if in {
		copy(p.Bytes, b)
	}
	*l = append(*l, lent{p, b, out})
	return &wire.Region{Plugin: true, Offset: uint64(p.Offset), Length: uint64(len(b))}, nil
}

// takesBack says that what was lent for b is to be copied back.
func (l *lending) takesBack(b []byte) {
	for i := range *l {
		if unsafe.SliceData((*l)[i].of) == unsafe.SliceData(b) {
			(*l)[i].out = true
		}
	}
}

func (l *lending) back() {
	for _, x := range *l {
		if x.out {
			copy(x.of, x.piece.Bytes)
		}
	}
}

func (l *lending) end() {
	for _, x := range *l {
		x.piece.Release()
	}
}
