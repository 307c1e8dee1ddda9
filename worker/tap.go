package worker

import (
	"errors"
	"os"
	"sync"
	"syscall"
	"time"
)

// Tap passes on what comes out of pipes, one piece at a time: as it comes, and
// on demand, all that is there now. Make it with NewTap.
type Tap struct {
	pass   func(stream byte, piece []byte)
	counts *counters
	mu     sync.Mutex // one piece at a time, so that counts and pieces agree
	pipes  []*Pipe
}

// Pipe is a pipe that a Tap reads.
type Pipe struct {
	tap    *Tap
	stream byte
	file   *os.File
	raw    syscall.RawConn
}

// pieceBytes is the most that is passed on at once.
const pieceBytes = 64 << 10

// NewTap makes a tap without pipes. pass is given each piece, which it may not
// keep, and the stream that it is of.
func NewTap(pass func(stream byte, piece []byte)) *Tap {
	return &Tap{pass: pass, counts: &counters{}}
}

// Add makes a pipe for a stream, and returns the end to write to as well. Nobody
// calls Flush yet.
func (t *Tap) Add(stream byte) (*Pipe, *os.File, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, nil, err
	}
	raw, err := r.SyscallConn()
	if err != nil {
		return nil, nil, errors.Join(err, r.Close(), w.Close())
	}
	p := &Pipe{tap: t, stream: stream, file: r, raw: raw}
	t.pipes = append(t.pipes, p)
	return p, w, nil
}

// Run passes on what comes out of the pipe until all its writers are gone, or
// Drain was called, and closes it.
func (p *Pipe) Run() {
	defer p.file.Close()
	buf := make([]byte, pieceBytes)
	for end := false; !end; {
		err := p.raw.Read(func(fd uintptr) bool {
			var n int
			n, end = p.tap.piece(p, fd, buf)
			return n > 0 || end
		})
		if err != nil {
			return
		}
	}
}

// Drain makes Run return after at most that time, also when a process still
// holds the other end.
func (p *Pipe) Drain(limit time.Duration) { _ = p.file.SetReadDeadline(time.Now().Add(limit)) }

// Flush passes on all that is in the pipes now, and returns the number of bytes
// since the start.
func (t *Tap) Flush() uint64 {
	buf := make([]byte, pieceBytes)
	for _, p := range t.pipes {
		_ = p.raw.Control(func(fd uintptr) { // an error: the pipe is at its end
			for n := 1; n > 0; {
				n, _ = t.piece(p, fd, buf)
			}
		})
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.counts.sent.Load()
}

// piece moves one piece on. n is 0 when there is nothing now; end tells that
// there never will be.
func (t *Tap) piece(p *Pipe, fd uintptr, buf []byte) (n int, end bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.counts.busy.Add(1)
	defer t.counts.busy.Add(-1)
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
		t.counts.sent.Add(uint64(n))
		t.pass(p.stream, buf[:n])
		return n, false
	}
}
