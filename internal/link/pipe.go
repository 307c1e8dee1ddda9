package link

import (
	"io"
	"net"
	"sync"
)

// pipeBuffer is what a direction of a pipe holds before Send waits, as a
// socket's buffer would.
const pipeBuffer = 256 << 10

// Pipe returns two ends of a link inside this process. It encodes and copies
// frames as a link between processes does, and holds as much unread as a
// socket: code that would block forever there does so here.
func Pipe() (Link, Link) {
	a, b := newFlow(), newFlow()
	return newStream(&duplex{in: a, out: b}, "pipe"), newStream(&duplex{in: b, out: a}, "pipe")
}

// duplex is one end of a pair of flows.
type duplex struct{ in, out *flow }

func (d *duplex) Read(p []byte) (int, error)  { return d.in.read(p) }
func (d *duplex) Write(p []byte) (int, error) { return d.out.write(p) }

func (d *duplex) Close() error {
	d.in.close(true)
	d.out.close(false)
	return nil
}

// flow is one direction: a bounded ring of bytes.
type flow struct {
	mu         sync.Mutex
	readable   sync.Cond
	writable   sync.Cond
	ring       []byte
	first, n   int
	readerGone bool
	writerGone bool
}

func newFlow() *flow {
	f := &flow{ring: make([]byte, pipeBuffer)}
	f.readable.L, f.writable.L = &f.mu, &f.mu
	return f
}

func (f *flow) read(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	for f.n == 0 && !f.writerGone && !f.readerGone {
		f.readable.Wait()
	}
	switch {
	case f.readerGone:
		return 0, net.ErrClosed
	case f.n == 0:
		return 0, io.EOF
	}
	k := copy(p, f.ring[f.first:min(f.first+f.n, len(f.ring))])
	f.first, f.n = (f.first+k)%len(f.ring), f.n-k
	f.writable.Broadcast()
	return k, nil
}

func (f *flow) write(p []byte) (int, error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	total := 0
	for len(p) > 0 {
		for f.n == len(f.ring) && !f.readerGone && !f.writerGone {
			f.writable.Wait()
		}
		switch {
		case f.writerGone:
			return total, net.ErrClosed
		case f.readerGone:
			return total, io.ErrClosedPipe
		}
		end := (f.first + f.n) % len(f.ring)
		k := copy(f.ring[end:min(end+len(f.ring)-f.n, len(f.ring))], p)
		f.n, total, p = f.n+k, total+k, p[k:]
		f.readable.Broadcast()
	}
	return total, nil
}

func (f *flow) close(reader bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	if reader {
		f.readerGone = true
	} else {
		f.writerGone = true
	}
	f.readable.Broadcast()
	f.writable.Broadcast()
}
