package link

import (
	"errors"
	"net"
	"testing"
	"time"
)

// pressed is the listener's end of a connection where another caller wants
// room when the dialler's answer has been read, or when the welcome is due.
type pressed struct {
	net.Conn
	lobby *lobby
	after string
	said  int // messages of the listener
}

func (p *pressed) Read(b []byte) (int, error) {
	n, err := p.Conn.Read(b)
	if p.after == "answer" && p.said == 1 {
		p.lobby.makeRoom(time.Now().Add(time.Hour))
	}
	return n, err
}

func (p *pressed) Write(b []byte) (int, error) {
	p.said++
	if p.after == "proof" && p.said == 2 {
		p.lobby.makeRoom(time.Now().Add(time.Hour))
	}
	return p.Conn.Write(b)
}

// TestWelcomeOrAway crowds a newcomer out right before it has proved itself,
// and right after: it is turned away, and can come again with the same
// invitation, or it is let in and stays.
func TestWelcomeOrAway(t *testing.T) {
	for _, c := range []struct {
		after  string
		letsIn bool
	}{{"answer", false}, {"proof", true}} {
		t.Run(c.after, func(t *testing.T) {
			l := listen(t, ListenConfig{Version: "1", Job: "j"})
			join := l.Invite(7, time.Minute)
			near, far := net.Pipe()
			defer near.Close()
			answer := make(chan error, 1)
			go func() {
				defer far.Close()
				_, err := (&dialled{Conn: far, name: "memory"}).handshake(join, Hello{Role: "worker", Pid: 7})
				answer <- err
			}()
			l.lobby.room <- struct{}{}
			n := l.lobby.enter(&pressed{Conn: near, lobby: l.lobby, after: c.after})
			s, err := newSession(n.conn, "memory", nil, n.came.Add(handshakeTime))
			if err != nil {
				t.Fatal(err)
			}
			_, err = s.admit(l, n)
			l.lobby.leave(n)
			if (err == nil) != c.letsIn || !c.letsIn && !errors.Is(err, errCrowded) {
				t.Errorf("the listener: error %v", err)
			}
			if !c.letsIn {
				near.Close()
			}
			if err := <-answer; (err == nil) != c.letsIn {
				t.Errorf("the dialler: error %v", err)
			}
			if left := len(l.invited.open) == 1; left == c.letsIn {
				t.Errorf("the invitation is there: %v", left)
			}
		})
	}
}
