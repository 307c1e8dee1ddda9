package host

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/node"
)

// serviceOutput is worker → master, among ranks: what the worker wrote, its
// stream as the first byte.
const serviceOutput = "output"

// rankCapture passes what this process writes to its file descriptors 1 and 2,
// whoever writes there, to the master. It reads them in this process: the last
// words of one that crashes are lost, which is why the launcher keeps them
// unless a script asks.
type rankCapture struct {
	node    *node.Node
	streams []*rankStream

	mu   sync.Mutex
	sent uint64
}

type rankStream struct {
	id    byte
	pipe  *os.File
	raw   syscall.RawConn
	saved int // the descriptor as it was
	over  chan struct{}
}

// captureRank redirects the given streams of this process until close.
func captureRank(n *node.Node, streams []byte) (*rankCapture, error) {
	c := &rankCapture{node: n}
	for _, id := range streams {
		s, err := redirect(id)
		if err != nil {
			c.close()
			return nil, fmt.Errorf("output to the master: %w", err)
		}
		c.streams = append(c.streams, s)
		go c.read(s)
	}
	return c, nil
}

func redirect(id byte) (*rankStream, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer w.Close()
	s := &rankStream{id: id, pipe: r, over: make(chan struct{})}
	if s.raw, err = r.SyscallConn(); err == nil {
		s.saved, err = syscall.Dup(int(id))
	}
	if err == nil {
		syscall.CloseOnExec(s.saved)
		err = syscall.Dup3(int(w.Fd()), int(id), 0)
	}
	if err != nil {
		return nil, errors.Join(err, r.Close())
	}
	return s, nil
}

func (c *rankCapture) read(s *rankStream) {
	defer close(s.over)
	buf := make([]byte, 64<<10)
	for end := false; !end; {
		err := s.raw.Read(func(fd uintptr) bool {
			var n int
			n, end = c.pass(s, fd, buf)
			return n > 0 || end
		})
		if err != nil {
			return
		}
	}
}

// pass moves one piece of output on. n is 0 when there is none now; end tells
// that there never will be.
func (c *rankCapture) pass(s *rankStream, fd uintptr, buf []byte) (n int, end bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for {
		n, err := syscall.Read(int(fd), buf)
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			return 0, false
		case n <= 0:
			return 0, true
		}
		c.sent += uint64(n)
		// A master that is gone takes no more output; that ends elsewhere.
		_ = c.node.Tell(context.Background(), node.Master, node.Ask{Service: serviceOutput, Meta: append([]byte{s.id}, buf[:n]...)})
		return n, false
	}
}

// flush passes on all that was written so far, and gives the number of bytes
// since the start.
func (c *rankCapture) flush() uint64 {
	buf := make([]byte, 64<<10)
	for _, s := range c.streams {
		_ = s.raw.Control(func(fd uintptr) {
			for n := 1; n > 0; {
				n, _ = c.pass(s, fd, buf)
			}
		})
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.sent
}

// drainWait is for processes that were started here and still hold a pipe.
const drainWait = 200 * time.Millisecond

// close gives the streams back to where they went before.
func (c *rankCapture) close() {
	for _, s := range c.streams {
		_ = syscall.Dup3(s.saved, int(s.id), 0) // most often the last writer of the pipe is gone with it
		_ = s.pipe.SetReadDeadline(time.Now().Add(drainWait))
		<-s.over
		_ = syscall.Close(s.saved)
		s.pipe.Close()
	}
}

// startOutput shows what a worker among the ranks wrote.
func (h *Host) startOutput(r *node.Request) {
	if w := h.worker(r.From); w != nil && len(r.Meta) > 0 {
		w.outlet.add(int(r.Meta[0]), r.Meta[1:])
	}
}

// redirect sends the streams of this rank that the script wants there to the
// master.
func (h *Host) redirect(which [2]bool) error {
	var streams []byte
	for i, yes := range which {
		if yes {
			streams = append(streams, byte(streamOut+i))
		}
	}
	if len(streams) == 0 {
		return nil
	}
	c, err := captureRank(h.node, streams)
	if err != nil {
		return err
	}
	h.loop.mu.Lock()
	defer h.loop.mu.Unlock()
	h.loop.capture = c
	return nil
}
