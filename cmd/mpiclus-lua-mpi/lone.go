package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
)

// A rank that is alone on its machine has no neighbour there. The rank after it
// keeps a connection to it, which the system closes when the process ends. Nothing
// is said over it but a token, by which a caller knows that it has come to the right
// process, and nothing is read: who else calls gets nothing, and can do nothing. A
// connection that breaks in another way, or that a firewall does not let through,
// says nothing of the process.

// seen is the side of the lone rank: it takes calls while the job begins.
type seen struct {
	sockets []net.Listener
	way     waySeen
	visits  chan net.Conn // those that were taken; they stay open until the process ends
}

// waySeen is how others call a lone rank.
type waySeen struct {
	Addresses []string
	Token     []byte
}

const (
	mostVisits = 16              // strangers too
	visitTime  = 2 * time.Second // for a call, on all of the addresses
	tokenSize  = 16
)

// beSeen begins to take calls, under the addresses of an interface, or of all.
func beSeen(iface string) (*seen, error) {
	hosts, err := link.Addresses(iface)
	if err != nil {
		return nil, err
	}
	s := &seen{visits: make(chan net.Conn, mostVisits)}
	s.way.Token = make([]byte, tokenSize)
	_, _ = rand.Read(s.way.Token) // never fails
	for _, host := range hosts {
		socket, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			continue // it is seen under the others
		}
		s.sockets = append(s.sockets, socket)
		s.way.Addresses = append(s.way.Addresses, socket.Addr().String())
		go s.serve(socket)
	}
	return s, nil
}

func (s *seen) serve(socket net.Listener) {
	for {
		conn, err := socket.Accept()
		if err != nil {
			return // close was called
		}
		select {
		case s.visits <- conn:
			_, _ = conn.Write(s.way.Token) // into the system's buffer, which is empty
		default:
			_ = conn.Close()
		}
	}
}

// close takes no more calls.
func (s *seen) close() {
	for _, socket := range s.sockets {
		_ = socket.Close()
	}
}

// visit calls a lone rank.
func visit(ctx context.Context, way waySeen) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, visitTime)
	defer cancel()
	type result struct {
		conn net.Conn
		err  error
	}
	results := make(chan result)
	for _, address := range way.Addresses {
		go func() {
			conn, err := visitAt(ctx, address, way.Token)
			results <- result{conn, err}
		}()
	}
	var found net.Conn
	var errs []error
	for range way.Addresses {
		switch r := <-results; {
		case r.err != nil:
			errs = append(errs, r.err)
		case found == nil:
			found = r.conn
			cancel()
		default:
			_ = r.conn.Close()
		}
	}
	if found == nil {
		return nil, errors.Join(errs...)
	}
	return found, nil
}

func visitAt(ctx context.Context, address string, token []byte) (net.Conn, error) {
	conn, err := new(net.Dialer).DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	stop := context.AfterFunc(ctx, func() { _ = conn.Close() })
	got := make([]byte, len(token))
	_, err = io.ReadFull(conn, got)
	if !stop() {
		return nil, context.Cause(ctx)
	}
	if err == nil && !bytes.Equal(got, token) {
		err = fmt.Errorf("%s: another program answers there", address)
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return conn, nil
}

// awaitClose returns when the other side has ended, or with an error when ctx ends
// or the connection breaks.
func awaitClose(ctx context.Context, conn net.Conn) error {
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { _ = conn.Close() })()
	_, err := conn.Read(make([]byte, 1))
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case err == nil:
		return errors.New("the other side has something to say")
	case err == io.EOF:
		return nil
	}
	return err
}
