package link

import (
	"errors"
	"io"
	"net"
	"syscall"
	"testing"
)

// failing is a connection whose nth write fails half-way.
type failing struct {
	io.ReadWriteCloser
	n   int
	err error
}

func (f *failing) Write(p []byte) (int, error) {
	if f.n--; f.n != 0 {
		return f.ReadWriteCloser.Write(p)
	}
	n, _ := f.ReadWriteCloser.Write(p[:len(p)/2])
	return n, f.err
}

// After half a frame nothing may follow, even if the kernel would take it: the
// peer would read the next frame as the rest of this one.
func TestNothingFollowsHalfAFrame(t *testing.T) {
	for _, cause := range []error{syscall.ENOBUFS, syscall.EPIPE} {
		limit(t)
		one, two := Pipe()
		near := newStream(&failing{one.(*stream).conn, 2, cause}, "failing")
		for i, want := range []error{nil, cause, cause, cause} {
			if err := near.Send(&Frame{Head: []byte("text")}); !errors.Is(err, want) || want != nil && !errors.Is(err, io.ErrUnexpectedEOF) {
				t.Errorf("Send %d: %v, want %v", i+1, err, want)
			}
		}
		if cause == syscall.EPIPE { // the peer's last frame is still read
			if err := two.Send(&Frame{ID: 3}); err != nil {
				t.Error(err)
			}
			if f, err := near.Receive(); err != nil || f.ID != 3 {
				t.Error("the last frame is lost:", err)
			}
			_ = near.Close()
		} else if _, err := near.Receive(); !errors.Is(err, cause) {
			t.Errorf("Receive: %v, want the cause", err)
		}
		if _, err := two.Receive(); err != nil {
			t.Error("the whole frame:", err)
		}
		if _, err := two.Receive(); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("the half frame: %v", err)
		}
		_ = two.Close()
	}
}

// What is buffered is not given out after Close.
func TestReceiveAfterClose(t *testing.T) {
	eachKind(t, func(t *testing.T, a, b Link) {
		for range 3 {
			if err := a.Send(&Frame{}); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := b.Receive(); err != nil {
			t.Fatal(err)
		}
		_ = b.Close()
		if _, err := b.Receive(); !errors.Is(err, ErrClosed) || errors.Is(err, net.ErrClosed) {
			t.Error(err)
		}
	})
}
