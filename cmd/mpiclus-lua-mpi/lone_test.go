package main

import (
	"context"
	"errors"
	"net"
	"testing"
	"time"
)

// TestLookAfter: the rank after a lone one learns that its process has ended, and
// does not take its own end, a connection that breaks, or a rank that cannot be
// called, for that.
func TestLookAfter(t *testing.T) {
	for name, c := range map[string]struct {
		end   func(near net.Conn, cancel func())
		right func(err error) bool
	}{
		"ended":   {func(near net.Conn, _ func()) { near.Close() }, func(err error) bool { return err == nil }},
		"own end": {func(_ net.Conn, cancel func()) { cancel() }, func(err error) bool { return errors.Is(err, context.Canceled) }},
		"broken": {func(near net.Conn, _ func()) {
			_ = near.(*net.TCPConn).SetLinger(0) // a reset
			near.Close()
		}, func(err error) bool { return err != nil && !errors.Is(err, context.Canceled) }},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := beSeen("")
			if err != nil {
				t.Fatal(err)
			}
			defer s.close()
			conn, err := visit(t.Context(), s.way)
			if err != nil {
				t.Fatal(err)
			}
			ctx, cancel := context.WithCancel(t.Context())
			defer cancel()
			over := make(chan error, 1)
			go func() { over <- awaitClose(ctx, conn) }()
			select {
			case err := <-over:
				t.Fatalf("the rank lives, and awaitClose returned %v", err)
			case <-time.After(100 * time.Millisecond):
			}
			for near := range s.visits {
				if near.RemoteAddr().String() == conn.LocalAddr().String() {
					c.end(near, cancel)
					break
				}
				near.Close() // of an address that was slower
			}
			if err := <-over; !c.right(err) {
				t.Errorf("error %v", err)
			}
		})
	}
}

// TestVisitNobody: what cannot be called, or is another program, is an error.
func TestVisitNobody(t *testing.T) {
	s, err := beSeen("")
	if err != nil {
		t.Fatal(err)
	}
	way := s.way
	way.Token = make([]byte, tokenSize)
	if _, err := visit(t.Context(), way); err == nil {
		t.Error("another program was taken for the rank")
	}
	s.close()
	if _, err := visit(t.Context(), s.way); err == nil {
		t.Error("nobody was taken for the rank")
	}
}
