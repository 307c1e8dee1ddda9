package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"os"
	"syscall"
	"time"
)

const (
	// stagger is the head start of each address over the next (RFC 8305 calls
	// it the Connection Attempt Delay).
	stagger = 50 * time.Millisecond
	// dialTime bounds Dial where its context does not.
	dialTime = 10 * time.Second
)

// Dial connects to the listener that join describes and proves to be of its
// job: over the unix socket when that is on this host, else over the first of
// its TCP addresses that turns out to be that listener. [Describe] tells which
// one it was. The error lists every address tried and why it failed; a
// *VersionError and ErrSecret are found in it.
func Dial(ctx context.Context, join Join, hello Hello) (Link, error) {
	if len(hello.append(nil)) > maxHello {
		return nil, fmt.Errorf("dial: hello of more than %d bytes", maxHello)
	}
	if len(join.Secret) == 0 {
		return nil, errors.New("dial: no secret of a job")
	}
	ctx, cancel := context.WithTimeout(ctx, dialTime)
	defer cancel()
	for pause := firstPause; ; pause *= 2 {
		link, err := dialOnce(ctx, join, hello)
		if err == nil || !crowdedOut(err) {
			return link, err
		}
		select {
		case <-time.After(pause):
		case <-ctx.Done():
			return nil, err
		}
	}
}

// firstPause is how long a dialler waits that was turned away without a word.
const firstPause = 50 * time.Millisecond

// crowdedOut says that all ways failed, and one of them since the other side
// closed the connection without a word: it may have had to make room for
// others.
func crowdedOut(err error) bool {
	return (errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, syscall.ECONNRESET)) && !final(err) && !errors.Is(err, ErrSecret)
}

// dialOnce tries every way once.
func dialOnce(ctx context.Context, join Join, hello Hello) (Link, error) {
	var tried attempts
	if join.Unix != "" {
		link, err := dialUnix(ctx, join, hello)
		if err == nil {
			return link, nil
		}
		tried.add("unix "+join.Unix, err)
		if final(err) {
			return nil, tried.error(join)
		}
	}
	if conn, err := dialTCP(ctx, join, &tried); err == nil {
		link, err := conn.join(ctx, join, hello)
		if err == nil {
			return link, nil
		}
		tried.add(conn.name, err)
	}
	return nil, tried.error(join)
}

// dialTCP tries all addresses, each a moment after the one before or as soon
// as that failed, and returns the first that is the job's listener. The others
// are closed.
func dialTCP(ctx context.Context, join Join, tried *attempts) (*dialled, error) {
	type result struct {
		address string
		conn    *dialled
		err     error
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	results := make(chan result)
	start := func(address string) {
		go func() {
			conn, err := dialTLS(ctx, address, join.Pin)
			results <- result{address, conn, err}
		}()
	}
	var winner *dialled
	next, pending := 0, 0
	timer := time.NewTimer(0)
	defer timer.Stop()
	for winner == nil && next < len(join.TCP) || pending > 0 {
		select {
		case <-timer.C:
			if winner == nil && next < len(join.TCP) {
				start(join.TCP[next])
				next, pending = next+1, pending+1
				timer.Reset(stagger)
			}
		case r := <-results:
			pending--
			switch {
			case r.err == nil && winner == nil:
				winner = r.conn
				cancel() // the others end soon
			case r.err == nil:
				_ = r.conn.Close()
			case winner == nil:
				tried.add("tcp "+r.address, r.err)
				timer.Reset(0)
			}
		}
	}
	if winner == nil {
		return nil, errNoAddress
	}
	return winner, nil
}

// final says that another way to the same listener would end the same.
func final(err error) bool {
	var version *VersionError
	var refused *RefusedError
	return errors.As(err, &version) || errors.As(err, &refused)
}

// dialUnix tries the unix socket, on the listener's own host only.
func dialUnix(ctx context.Context, join Join, hello Hello) (Link, error) {
	host, err := os.Hostname()
	if err != nil {
		return nil, err
	}
	if host != join.Host {
		return nil, fmt.Errorf("it is on host %s, this is %s", join.Host, host)
	}
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "unix", join.Unix)
	if err != nil {
		return nil, err
	}
	if _, err := checkPeer(conn.(*net.UnixConn)); err != nil {
		_ = conn.Close()
		return nil, err
	}
	return (&dialled{Conn: conn, name: "unix " + join.Unix}).join(ctx, join, hello)
}

// dialled is a connection to something that may be the listener.
type dialled struct {
	net.Conn
	name    string
	binding []byte
}

// join runs the handshake; it closes the connection when that fails.
func (d *dialled) join(ctx context.Context, join Join, hello Hello) (Link, error) {
	stop := context.AfterFunc(ctx, func() { _ = d.Close() })
	link, err := d.handshake(join, hello)
	if !stop() {
		err = context.Cause(ctx)
	}
	if err != nil {
		_ = d.Close()
		return nil, err
	}
	return link, nil
}

func (d *dialled) handshake(join Join, hello Hello) (Link, error) {
	s, err := newSession(d.Conn, d.name, d.binding, time.Now().Add(handshakeTime))
	if err != nil {
		return nil, err
	}
	if err := s.join(join, hello); err != nil {
		return nil, err
	}
	return s.finish(d.Conn)
}

// dialTLS connects to one address and makes sure that the job's listener is
// there.
func dialTLS(ctx context.Context, address string, pin []byte) (*dialled, error) {
	var dialer net.Dialer
	conn, err := dialer.DialContext(ctx, "tcp", address)
	if err != nil {
		return nil, err
	}
	client := func(below net.Conn) *tls.Conn { return tls.Client(below, clientTLS(pin)) }
	secure, binding, err := secureTCP(ctx, conn.(*net.TCPConn), client, time.Now().Add(handshakeTime))
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return &dialled{Conn: secure, name: "tls " + address, binding: binding}, nil
}
