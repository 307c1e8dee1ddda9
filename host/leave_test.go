package host

import (
	"context"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// noTransport has nothing to bring on its way.
type noTransport struct{}

func (noTransport) Open(context.Context) ([]link.Link, error)           { return nil, nil }
func (noTransport) Connect(context.Context, rpc.Pid) (link.Link, error) { return nil, nil }
func (noTransport) Close() error                                        { return nil }

// TestLeaveAndGone: a worker that sees only late that the master has said
// leave, and has gone since, ends in order.
func TestLeaveAndGone(t *testing.T) {
	for range 20 { // whichever of the two it looks at
		h, err := New(Config{})
		if err != nil {
			t.Fatal(err)
		}
		h.loop.leave, h.loop.gone, h.loop.transport = closedChannel(), closedChannel(), noTransport{}
		if err := h.awaitLeave(t.Context()); err != nil {
			t.Fatal(err)
		}
		_ = h.Close() // it has left: nothing else can go wrong
	}
}

func closedChannel() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
