package link

import (
	"cmp"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"net"
	"strings"
	"time"
)

// The handshake on every connection, after TLS where there is TLS:
//
//	dialler → greeting: version, job, invitation, nonce
//	listener → challenge: version, nonce, proof of the listener
//	dialler → answer: proof of the dialler, its Hello
//	listener → welcome
//
// A proof is an HMAC-SHA256 under the secret of the job, or of the invitation, over the role, both
// versions, the job, both nonces, the dialler's Hello and, over TLS, keying
// material exported from that TLS session (RFC 9266 style channel binding), so
// that neither a replay, nor a reflection, nor a proof relayed through another
// connection is of use, and an impostor learns nothing about the secret. The
// listener proves itself first. Either side may send a refusal, with a
// reason, instead of its turn.
const (
	kindGreeting byte = iota + 1
	kindChallenge
	kindAnswer
	kindWelcome
	kindRefusal
)

const (
	handshakeTime = 5 * time.Second
	maxHandshake  = 64 << 10 // bytes of a message of the handshake
	nonceSize     = 32
	maxReason     = 500
)

var handshakeLimits = limits{head: maxHandshake, blobs: 0, total: maxHandshake}

// Hello is what the dialling side says about itself. The listener gets it
// after the dialler proved that it holds the job's secret.
type Hello struct {
	Version string // of the dialling software; "" stands for that of the Join
	Role    string // "supervisor", "worker" or "peer"
	Pid     int    // in the cluster, 0 while it has none
	Data    []byte // the rest, at most 60,000 bytes
}

// maxHello leaves room for the proof in the same message.
const maxHello = 60_000

// ErrSecret says that the other side does not hold the job's secret.
var ErrSecret = errors.New("wrong secret: the other side is not of this job")

// errUsed says that an invitation is of no use: it was used, or is too old.
var errUsed = errors.New("the invitation was used before, or is too old")

// VersionError says that the two sides are of different versions.
type VersionError struct {
	Dialler, Listener string
}

// Error names both versions and the cure.
func (e *VersionError) Error() string {
	return fmt.Sprintf("worker is version %s, master %s: install the same version on all hosts", e.Dialler, e.Listener)
}

// RefusedError is the reason that the other side gave for closing the
// connection. Nobody has proved who said so.
type RefusedError struct{ Reason string }

func (e *RefusedError) Error() string { return "refused: " + e.Reason }

// session is what both sides know about a connection under handshake.
type session struct {
	*stream
	secret           []byte
	binding          []byte // ties proofs to the TLS session, nil without
	dialler          string // versions
	listener         string
	job              string
	invitation       uint64
	dialNonce, nonce []byte // the dialler's, the listener's
	hello            []byte
}

// newSession prepares a handshake that ends before a deadline.
func newSession(conn net.Conn, name string, binding []byte, deadline time.Time) (*session, error) {
	if err := conn.SetDeadline(deadline); err != nil {
		return nil, err
	}
	s := &session{stream: newStream(conn, name), binding: binding}
	s.in.limits, s.out.limits = handshakeLimits, handshakeLimits
	return s, nil
}

// finish turns the connection into a link for use.
func (s *session) finish(conn net.Conn) (*stream, error) {
	s.in.limits, s.out.limits = frameLimits, frameLimits
	return s.stream, conn.SetDeadline(time.Time{})
}

// proof is the HMAC that a side shows; the listener's leaves out the Hello.
func (s *session) proof(role string, hello []byte) []byte {
	mac := hmac.New(sha256.New, s.secret)
	for _, field := range [][]byte{[]byte("mpiclus link " + role), s.binding, []byte(s.dialler),
		[]byte(s.listener), []byte(s.job), binary.AppendUvarint(nil, s.invitation), s.dialNonce, s.nonce, hello} {
		mac.Write(appendField(nil, field))
	}
	return mac.Sum(nil)
}

// say sends a message of the handshake.
func (s *session) say(kind byte, head []byte) error {
	return s.Send(&Frame{Kind: kind, Head: head})
}

// expect receives a message of one kind, or the other side's refusal.
func (s *session) expect(kind byte) (*fields, error) {
	f, err := s.Receive()
	switch {
	case err != nil:
		return nil, err
	case f.Kind == kindRefusal:
		return nil, &RefusedError{Reason: printable(f.Head)}
	case f.Kind != kind:
		return nil, bad("message %d of the handshake where %d is due", f.Kind, kind)
	}
	return &fields{rest: f.Head}, nil
}

// refuse tells the other side why, if it can be told, and returns the reason.
func (s *session) refuse(err error) error {
	_ = s.say(kindRefusal, []byte(err.Error()))
	return err
}

// join runs the dialler's part.
func (s *session) join(j Join, hello Hello) error {
	s.secret, s.dialler, s.job, s.dialNonce = j.Secret, cmp.Or(hello.Version, j.Version), j.Job, nonce()
	s.invitation = j.Invitation
	greeting := appendField(appendField(nil, s.dialler), s.job)
	greeting = appendField(binary.AppendUvarint(greeting, s.invitation), s.dialNonce)
	if err := s.say(kindGreeting, greeting); err != nil {
		return err
	}
	f, err := s.expect(kindChallenge)
	if err != nil {
		return err
	}
	s.listener, s.nonce = f.string(), f.bytes()
	proof := f.bytes()
	switch {
	case s.listener != s.dialler:
		return &VersionError{Dialler: s.dialler, Listener: printable([]byte(s.listener))}
	case f.err != nil || len(s.nonce) != nonceSize:
		return bad("challenge of the handshake: %v", errShort)
	case !hmac.Equal(proof, s.proof("listener", nil)):
		return s.refuse(ErrSecret)
	}
	s.hello = hello.append(nil)
	if err := s.say(kindAnswer, appendField(appendField(nil, s.proof("dialler", s.hello)), s.hello)); err != nil {
		return err
	}
	_, err = s.expect(kindWelcome)
	return err
}

func (h Hello) append(b []byte) []byte {
	b = appendField(b, h.Role)
	b = appendField(b, fmt.Sprint(h.Pid))
	return appendField(b, h.Data)
}

func parseHello(b []byte) (Hello, error) {
	f := fields{rest: b}
	h := Hello{Role: f.string()}
	if _, err := fmt.Sscan(f.string(), &h.Pid); err != nil {
		return Hello{}, bad("hello of the handshake: pid: %v", err)
	}
	if h.Data = f.bytes(); f.err != nil {
		return Hello{}, bad("hello of the handshake: %v", f.err)
	}
	return h, nil
}

func nonce() []byte {
	b := make([]byte, nonceSize)
	_, _ = rand.Read(b) // never fails: it ends the program instead
	return b
}

// printable makes text from an unknown side fit for a log.
func printable(b []byte) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f {
			return '?'
		}
		return r
	}, strings.ToValidUTF8(string(b[:min(len(b), maxReason)]), "?"))
}
