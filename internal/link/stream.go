package link

import (
	"errors"
	"fmt"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
)

// stream is a Link over a stream of bytes: a socket, a TLS connection or
// memory.
type stream struct {
	conn io.ReadWriteCloser
	name string

	send   sync.Mutex // passes to the longest waiter after 1 ms: nobody starves
	out    *frameWriter
	unsent error // why a frame went out in part or not at all; under send

	in *frameReader

	closed  atomic.Bool           // by its owner
	failure atomic.Pointer[error] // what ended receiving

	watch *watch // nil where the peer's host is this one
}

func newStream(conn io.ReadWriteCloser, name string) *stream {
	s := &stream{conn: conn, name: name, out: newFrameWriter(conn), in: newFrameReader(conn)}
	if g, ok := conn.(guarded); ok {
		s.watch = &watch{conn: g, pause: watchPause}
	}
	return s
}

// Describe says what a link runs over, for logs and error messages: "unix
// /tmp/mpiclus-1/s", "tls 10.0.0.1:4711". It names the listening side.
func Describe(l Link) string {
	if s, ok := l.(fmt.Stringer); ok {
		return s.String()
	}
	return fmt.Sprintf("%T", l)
}

func (s *stream) String() string { return s.name }

func (s *stream) Send(f *Frame) error {
	if err := s.out.limits.checkFrame(f); err != nil {
		return err
	}
	s.watch.begin()
	defer s.watch.end()
	return s.write(func() error { return s.out.write(f) })
}

// write runs a write to the connection, one at a time. After one that failed
// the peer cannot find the start of a frame any more, so it was the last.
func (s *stream) write(do func() error) error {
	s.send.Lock()
	defer s.send.Unlock()
	if err := s.ended(); err != nil {
		return err
	}
	if s.unsent != nil {
		return s.unsent
	}
	err := do()
	if err == nil {
		return nil
	}
	if ended := s.ended(); ended != nil {
		return ended
	}
	s.unsent = s.gone(err)
	if !peerClosed(err) { // else its last frames may still be there to read
		_ = s.conn.Close() // so that the peer does not wait for the rest
	}
	return s.unsent
}

// peerClosed says that writing failed since nobody reads at the other end.
func peerClosed(err error) bool {
	return errors.Is(err, syscall.EPIPE) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, io.ErrClosedPipe)
}

// ended returns the error that Send has after the end of the link.
func (s *stream) ended() error {
	if s.closed.Load() {
		return ErrClosed
	}
	if p := s.failure.Load(); p != nil {
		if *p == io.EOF {
			return s.gone(syscall.EPIPE)
		}
		return *p
	}
	return nil
}

func (s *stream) Receive() (*Frame, error) {
	if p := s.failure.Load(); p != nil {
		return nil, *p
	}
	if s.closed.Load() {
		return nil, ErrClosed
	}
	f, err := s.in.read()
	if err == nil {
		return f, nil
	}
	var violation *ProtocolError
	switch {
	case s.closed.Load():
		err = ErrClosed
	case err == io.EOF, errors.As(err, &violation):
	case errors.Is(err, net.ErrClosed): // by a Send that failed, or by watch
		err = s.gone(s.whyUnsent(err))
	default:
		err = s.gone(err)
	}
	s.failure.Store(&err)
	_ = s.conn.Close() // wakes a Send that waits for the peer to read
	return nil, err
}

// whyUnsent returns the error of the Send that closed the connection, or err.
func (s *stream) whyUnsent(err error) error {
	s.send.Lock()
	defer s.send.Unlock()
	if s.unsent != nil {
		return s.unsent
	}
	return err
}

func (s *stream) Close() error {
	if s.closed.Swap(true) {
		return nil
	}
	err := s.conn.Close()
	if errors.Is(err, net.ErrClosed) {
		return nil // Receive was first
	}
	return err
}

// gone marks an error as the loss of the peer.
func (s *stream) gone(err error) error {
	if dead := s.watch.verdict(); dead != nil {
		err = dead
	}
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return err
	}
	return fmt.Errorf("%w: %w", io.ErrUnexpectedEOF, err)
}
