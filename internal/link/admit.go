package link

import (
	"context"
	"crypto/hmac"
	"crypto/tls"
	"fmt"
	"net"
	"time"
)

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
	hello, err := s.admit(l, n)
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

// admit runs the listener's part. What changes something, the use of an
// invitation and the welcome, comes after the last moment at which the newcomer
// may have to make room for others.
func (s *session) admit(l *Listener, n *newcomer) (Hello, error) {
	s.listener, s.job, s.nonce = l.join.Version, l.join.Job, nonce()
	f, err := s.expect(kindGreeting)
	if err != nil {
		return Hello{}, err
	}
	s.dialler = f.string()
	other := f.err == nil && s.dialler != s.listener // what follows may be of another shape
	job := f.string()
	s.invitation = f.number()
	s.dialNonce = f.bytes()
	switch {
	case other:
		// The listener's version, without a proof: the dialler knows what to say.
		_ = s.say(kindChallenge, appendField(appendField(appendField(nil, s.listener), s.nonce), ""))
		return Hello{}, &VersionError{Dialler: printable([]byte(s.dialler)), Listener: s.listener}
	case f.err != nil || len(s.dialNonce) != nonceSize:
		return Hello{}, bad("greeting of the handshake: %v", errShort)
	case job != s.job:
		return Hello{}, s.refuse(fmt.Errorf("this is job %s, not %s", s.job, printable([]byte(job))))
	}
	s.secret = l.secretOf(s.invitation)
	challenge := appendField(appendField(appendField(nil, s.listener), s.nonce), s.proof("listener", nil))
	if err := s.say(kindChallenge, challenge); err != nil {
		return Hello{}, err
	}
	if f, err = s.expect(kindAnswer); err != nil {
		return Hello{}, err
	}
	proof := f.bytes()
	s.hello = f.bytes()
	if f.err != nil || !hmac.Equal(proof, s.proof("dialler", s.hello)) {
		return Hello{}, s.refuse(ErrSecret)
	}
	hello, err := parseHello(s.hello)
	if err != nil {
		return Hello{}, s.refuse(err)
	}
	if !l.lobby.keep(n) {
		return Hello{}, errCrowded
	}
	if err := l.redeem(s.invitation, hello.Pid); err != nil {
		return Hello{}, s.refuse(err)
	}
	hello.Version = s.dialler
	return hello, s.say(kindWelcome, nil)
}
