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

	send sync.Mutex // passes to the longest waiter after 1 ms: nobody starves
	out  *frameWriter

	in *frameReader

	closed  atomic.Bool           // by its owner
	failure atomic.Pointer[error] // what ended receiving

	watch *watch // nil where the peer's host is this one
}

func newStream(conn io.ReadWriteCloser, name string) *stream {
	s := &stream{conn: conn, name: name, out: newFrameWriter(conn), in: newFrameReader(conn)}
	if g, ok := conn.(guarded); ok {
		s.watch = &watch{conn: g}
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
	s.send.Lock()
	defer s.send.Unlock()
	if err := s.ended(); err != nil {
		return err
	}
	return s.sent(s.out.write(f))
}

// sent explains an error of writing. The connection stays open for reading:
// the peer's last frames may still be there.
func (s *stream) sent(err error) error {
	switch {
	case err == nil:
		return nil
	case s.ended() != nil:
		return s.ended()
	}
	return s.gone(err)
}

// ended gives the error that Send has after the end of the link.
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
	f, err := s.in.read()
	if err == nil {
		return f, nil
	}
	var violation *ProtocolError
	switch {
	case s.closed.Load():
		err = ErrClosed
	case err == io.EOF, errors.As(err, &violation):
	default:
		err = s.gone(err)
	}
	_ = s.conn.Close() // wakes a Send that waits for the peer to read
	s.failure.Store(&err)
	return nil, err
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
