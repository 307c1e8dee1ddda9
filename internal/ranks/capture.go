package ranks

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/worker"
)

// capture passes what this process writes to its file descriptors 1 and 2,
// whoever writes there, to the master. It reads them in this process: the last
// words of one that crashes are lost, which is why the launcher keeps them
// unless a script asks.
type capture struct {
	tap     *worker.Tap
	streams []*stream
}

// stream is a file descriptor that leads to a pipe for a while.
type stream struct {
	id    byte
	pipe  *worker.Pipe
	saved int // the descriptor as it was
	over  chan struct{}
}

// newCapture redirects the given streams of this process until close.
func newCapture(n *rpc.Node, streams []byte) (*capture, error) {
	c := &capture{tap: worker.NewTap(func(stream byte, piece []byte) {
		// A master that is gone takes no more output; that ends elsewhere.
		_ = n.Tell(context.Background(), rpc.Master, rpc.Request{Service: protocol.ServiceOutput, Data: append([]byte{stream}, piece...)})
	})}
	for _, id := range streams {
		if err := c.redirect(id); err != nil {
			c.close()
			return nil, fmt.Errorf("output to the master: %w", err)
		}
	}
	return c, nil
}

func (c *capture) redirect(id byte) error {
	saved, err := syscall.Dup(int(id))
	if err != nil {
		return err
	}
	syscall.CloseOnExec(saved)
	pipe, w, err := c.tap.Add(id)
	if err != nil {
		return errors.Join(err, syscall.Close(saved))
	}
	defer w.Close()
	s := &stream{id: id, pipe: pipe, saved: saved, over: make(chan struct{})}
	c.streams = append(c.streams, s)
	go func() {
		defer close(s.over)
		pipe.Run()
	}()
	return syscall.Dup3(int(w.Fd()), int(id), 0)
}

// flush passes on all that was written so far, and gives the number of bytes
// since the start.
func (c *capture) flush() uint64 { return c.tap.Flush() }

// drainWait is for processes that were started here and still hold a pipe.
const drainWait = 200 * time.Millisecond

// close gives the streams back to where they went before.
func (c *capture) close() {
	for _, s := range c.streams {
		_ = syscall.Dup3(s.saved, int(s.id), 0) // most often the last writer of the pipe is gone with it
		s.pipe.Drain(drainWait)
		<-s.over
		_ = syscall.Close(s.saved)
	}
}

// serveOutput shows what a worker among the ranks wrote.
func (r *Rank) serveOutput(in *rpc.Incoming) {
	r.mu.Lock()
	j := r.job
	r.mu.Unlock()
	if rank := int(in.From) - 1; j != nil && rank < len(j.workers) && len(in.Data) > 0 {
		j.workers[rank].Outlet.Add(int(in.Data[0]), in.Data[1:])
	}
}

// redirect sends the streams of this rank that the script wants there to the
// master.
func (r *Rank) redirect(which [2]bool) error {
	var streams []byte
	for i, yes := range which {
		if yes {
			streams = append(streams, byte(output.StreamOut+i))
		}
	}
	if len(streams) == 0 {
		return nil
	}
	c, err := newCapture(r.node, streams)
	if err != nil {
		return err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.capture = c
	return nil
}

// flush brings what this process wrote on its way.
func (r *Rank) flush() (uint64, error) {
	r.cfg.FlushC()
	r.mu.Lock()
	c := r.capture
	r.mu.Unlock()
	if c == nil {
		return 0, nil
	}
	return c.flush(), nil
}
