package link

import (
	"context"
	"crypto/tls"
	"fmt"
	"net"
	"sync/atomic"
	"time"
)

// newcomer is a connection that has yet to prove itself.
type newcomer struct {
	conn    net.Conn
	came    time.Time
	crowded atomic.Bool // it had to make room for others
	from    string      // for the log
	name    string      // of the link that it may become
	binding []byte      // see session
}

// handle authenticates one connection and hands it to Accept.
func (l *Listener) handle(n *newcomer) {
	conn := n.conn
	stop := context.AfterFunc(l.ctx, func() { _ = conn.Close() })
	link, hello, err := l.admit(n, n.came.Add(l.patience))
	l.lobby.leave(n)
	if !stop() {
		return // Close was first
	}
	if err != nil {
		_ = conn.Close()
		l.away.note(n, err)
		return
	}
	select {
	case l.links <- admitted{link, hello}:
	case <-l.ctx.Done():
		_ = link.Close()
	}
}

// admit runs the listener's side of all handshakes on a connection.
func (l *Listener) admit(n *newcomer, deadline time.Time) (*stream, Hello, error) {
	if err := l.identify(n, deadline); err != nil {
		return nil, Hello{}, err
	}
	s, err := newSession(n.conn, n.name, n.binding, deadline)
	if err != nil {
		return nil, Hello{}, err
	}
	hello, err := s.admit(l)
	if err != nil {
		return nil, Hello{}, err
	}
	link, err := s.finish(n.conn)
	return link, hello, err
}

// identify does what comes before the handshake of this package: the user at
// the other end of a unix socket is checked, TCP gets its TLS.
func (l *Listener) identify(n *newcomer, deadline time.Time) error {
	if c, ok := n.conn.(*net.UnixConn); ok {
		pid, err := checkPeer(c)
		n.from, n.name = fmt.Sprintf("process %d on this host", pid), "unix "+l.join.Unix
		return err
	}
	server := func(below net.Conn) *tls.Conn { return tls.Server(below, l.tls) }
	secure, binding, err := secureTCP(l.ctx, n.conn.(*net.TCPConn), server, deadline)
	if err != nil {
		return err
	}
	n.name = "tls " + n.conn.LocalAddr().String()
	n.conn, n.binding = secure, binding
	return nil
}
