package load

import (
	"context"

	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

const pieceAlign = 64

// combine has the plugin apply an op, over a stream that stays open.
func (p *process) combine(ctx context.Context, op string, t plugins.Type, in, inout []byte) error {
	n := len(in)
	second := (n + pieceAlign - 1) &^ (pieceAlign - 1)
	piece, err := p.host.Alloc(second + n)
	if err != nil {
		return p.failure("op %s: %w", op, err)
	}
	defer piece.Release()
	mark := p.tail.mark()
	copy(piece.Bytes, in)
	copy(piece.Bytes[second:], inout)
	answer, err := p.exchange(ctx, &wire.Combination{
		Op: op, Type: wire.ElementType(t), Count: uint64(n / t.Size()),
		In:    &wire.Region{Offset: uint64(piece.Offset), Length: uint64(n)},
		Inout: &wire.Region{Offset: uint64(piece.Offset + second), Length: uint64(n)},
	})
	p.settle()
	switch {
	case ctx.Err() != nil:
		p.kill()
		return context.Cause(ctx)
	case err != nil:
		return p.crashed("op "+op, err)
	case answer.GetError() != "":
		return p.failureSince(mark, "op %s: %s", op, answer.GetError())
	case answer.GetCount() != uint64(n/t.Size()):
		return p.failureSince(mark, "returned short data: op %s combined %d of %d elements", op, answer.GetCount(), n/t.Size())
	}
	copy(inout, piece.Bytes[second:])
	return nil
}

// exchange sends a combination and waits for the answer. There is one stream,
// which waits in p.stream while nobody uses it.
func (p *process) exchange(ctx context.Context, c *wire.Combination) (*wire.Combined, error) {
	var stream wire.Plugin_CombineClient
	select {
	case stream = <-p.stream:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	stop := context.AfterFunc(ctx, p.kill)
	defer stop()
	defer func() { p.stream <- stream }()
	if stream == nil {
		var err error
		if stream, err = p.rpc.Combine(context.Background()); err != nil {
			return nil, err
		}
	}
	if err := stream.Send(c); err != nil {
		return nil, err
	}
	return stream.Recv()
}
