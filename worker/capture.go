package worker

import (
	"encoding/binary"
	"errors"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// capture is the supervisor's end of what a worker writes to its file
// descriptors 1 and 2, whoever writes there: Lua, Go's runtime, C code. Each
// piece goes to the master as it comes.
//
// A third channel lets the worker ask "is all that I wrote on its way?": it
// sends 8 bytes, the supervisor empties both pipes and answers with the
// number of bytes passed on so far, which the master compares with what it
// has shown. Most often the shared counters answer that without a word.
type capture struct {
	link    link.Link
	streams []*stream
	sync    *os.File // the supervisor's end of the third channel
	theirs  []*os.File
	readers sync.WaitGroup
	mu      sync.Mutex // one piece at a time, so that counts and frames agree
	counts  *counters
}

type stream struct {
	id   uint64
	pipe *os.File
	raw  syscall.RawConn
}

const (
	pieceBytes = 64 << 10
	drainWait  = 200 * time.Millisecond // for grandchildren that still hold a pipe
)

// newCapture connects the pipes to a command that is not started yet. With
// output left to the launcher, only the third channel is made.
func newCapture(child *exec.Cmd, l link.Link, output bool) (*capture, error) {
	c := &capture{link: l}
	counts, shared, err := newCounters()
	if err != nil {
		return nil, err
	}
	c.counts = counts
	if output {
		for id, target := range []*io.Writer{&child.Stdout, &child.Stderr} {
			r, w, err := os.Pipe()
			if err != nil {
				return nil, err
			}
			raw, err := r.SyscallConn()
			if err != nil {
				return nil, err
			}
			*target = w
			c.streams = append(c.streams, &stream{id: uint64(id + 1), pipe: r, raw: raw})
			c.theirs = append(c.theirs, w)
		}
	} else {
		child.Stdout, child.Stderr = os.Stdout, os.Stderr
	}
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fds[0], true); err != nil {
		return nil, err
	}
	c.sync = os.NewFile(uintptr(fds[0]), "sync")
	theirs := os.NewFile(uintptr(fds[1]), "sync")
	child.ExtraFiles = []*os.File{theirs, shared} // descriptors 3 and 4 there
	c.theirs = append(c.theirs, theirs, shared)
	return c, nil
}

// started is called when the child runs: its ends are closed here and the
// reading begins.
func (c *capture) started() {
	for _, f := range c.theirs {
		f.Close()
	}
	for _, s := range c.streams {
		c.readers.Add(1)
		go c.read(s)
	}
	go c.answer()
}

// finish is called when the child has ended: it waits until all that was
// written is passed on.
func (c *capture) finish() {
	for _, s := range c.streams {
		_ = s.pipe.SetReadDeadline(time.Now().Add(drainWait))
	}
	c.readers.Wait()
	c.sync.Close()
}

func (c *capture) read(s *stream) {
	defer c.readers.Done()
	defer s.pipe.Close()
	buf := make([]byte, pieceBytes)
	for {
		end := false
		err := s.raw.Read(func(fd uintptr) bool {
			var n int
			n, end = c.pass(s, fd, buf)
			return n > 0 || end
		})
		if err != nil || end {
			return
		}
	}
}

// pass moves one piece from a pipe to the master. n is 0 when there is
// nothing to read now; end tells that there never will be.
func (c *capture) pass(s *stream, fd uintptr, buf []byte) (n int, end bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.counts.busy.Add(1)
	defer c.counts.busy.Add(-1)
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
		c.counts.sent.Add(uint64(n))
		// A master that is gone takes no more output; that ends elsewhere.
		_ = c.link.Send(&link.Frame{Kind: protocol.FrameOutput, ID: s.id, Head: buf[:n]})
		return n, false
	}
}

// answer serves the third channel.
func (c *capture) answer() {
	var word [8]byte
	buf := make([]byte, pieceBytes)
	for {
		if _, err := io.ReadFull(c.sync, word[:]); err != nil {
			return
		}
		for _, s := range c.streams {
			_ = s.raw.Control(func(fd uintptr) {
				for n := 1; n > 0; {
					n, _ = c.pass(s, fd, buf)
				}
			})
		}
		c.mu.Lock()
		binary.LittleEndian.PutUint64(word[:], c.counts.sent.Load())
		c.mu.Unlock()
		if _, err := c.sync.Write(word[:]); err != nil {
			return
		}
	}
}
