package ranks

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
		r := New(&Config{}, Owner{})
		r.node = rpc.New(rpc.Config{Self: 2})
		r.leave, r.gone, r.transport = closedChannel(), closedChannel(), noTransport{}
		if err := r.awaitLeave(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func closedChannel() chan struct{} {
	c := make(chan struct{})
	close(c)
	return c
}
