package node

import (
	"context"
	"encoding/binary"
)

// The chunks of mpido inside which a request is made travel with it, through
// all calls that it leads to: so a chunk that waits for itself is found out
// at once, wherever it tries to.

type originKey struct{}

// EnterChunk gives the context of a chunk of the manager with that number.
func EnterChunk(ctx context.Context, manager uint32) context.Context {
	inside := binary.LittleEndian.AppendUint32(append([]byte(nil), origin(ctx)...), manager)
	return context.WithValue(ctx, originKey{}, inside)
}

// InChunk tells whether a task with that context runs inside a chunk of the
// manager with that number, here or in a process that called.
func InChunk(ctx context.Context, manager uint32) bool {
	for b := origin(ctx); len(b) >= 4; b = b[4:] {
		if binary.LittleEndian.Uint32(b) == manager {
			return true
		}
	}
	return false
}

func origin(ctx context.Context) []byte {
	b, _ := ctx.Value(originKey{}).([]byte)
	return b
}

// originHere gives the origin of the task that holds the interpreter. Only
// who holds it may call.
func (n *Node) originHere() []byte {
	if t := n.cfg.Interp.Current(); t != nil {
		return origin(t.Context())
	}
	return nil
}
