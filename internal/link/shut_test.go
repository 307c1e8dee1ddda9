package link

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestCrowd: hundreds of silent connections do not take the descriptors of a
// process that has few, and a good process gets in behind them.
func TestCrowd(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("counts descriptors in /proc")
	}
	limit(t)
	var old syscall.Rlimit
	if err := syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
		t.Fatal(err)
	}
	for way, cfg := range ways {
		t.Run(way, func(t *testing.T) {
			log := new(record)
			cfg.Log = log.logger()
			few := old
			few.Cur = 256 // as seen when the listener is made
			if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &few); err != nil {
				t.Fatal(err)
			}
			l := listen(t, cfg)
			if err := syscall.Setrlimit(syscall.RLIMIT_NOFILE, &old); err != nil {
				t.Fatal(err)
			}
			go accept(l)
			before := descriptors(t)
			const crowd = 300
			for range crowd {
				network, address := "unix", l.Join().Unix
				if address == "" {
					network, address = "tcp", l.Join().TCP[0]
				}
				// The system's queue may be full: then the call waits as well.
				conn, err := net.DialTimeout(network, address, 50*time.Millisecond)
				if err == nil {
					t.Cleanup(func() { _ = conn.Close() })
				}
			}
			ours := descriptors(t) - before - crowd
			if ours > 256/lobbyShare+8 {
				t.Errorf("%d descriptors are in use for strangers", ours)
			}
			join := l.Join()
			if len(join.TCP) > 1 {
				join.TCP = join.TCP[:1]
			}
			good, err := Dial(t.Context(), join, Hello{Role: "worker"})
			if err != nil {
				t.Fatal(err)
			}
			_ = good.Close()
		})
	}
}

// descriptors counts those of this process.
func descriptors(t *testing.T) int {
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		t.Fatal(err)
	}
	return len(entries)
}

// TestManyBadCallers: of each kind one line, and a number at the end.
func TestManyBadCallers(t *testing.T) {
	for way, cfg := range ways {
		t.Run(way, func(t *testing.T) {
			limit(t)
			log := new(record)
			cfg.Log = log.logger()
			l := listen(t, cfg)
			const bad = 200
			wrong := l.Join()
			wrong.Secret = noise(3, 32)
			for i := range bad {
				conn := knock(t, l.Join())
				_, _ = conn.Write([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
				_, _ = io.Copy(io.Discard, conn) // until it is closed
				_ = conn.Close()
				if i%50 == 0 {
					if _, err := Dial(t.Context(), wrong, Hello{}); !errors.Is(err, ErrSecret) {
						t.Error(err)
					}
				}
			}
			_ = l.Close()
			text := log.String()
			if n := strings.Count(text, "\n"); n > 6 {
				t.Errorf("%d lines for %d bad connections:\n%s", n, bad, text)
			}
			if !strings.Contains(text, "number=19") || !strings.Contains(text, "wrong secret") {
				t.Errorf("the log does not tell how many there were:\n%s", text)
			}
		})
	}
}

// TestInvitation: it is good once, for the pid that it names.
func TestInvitation(t *testing.T) {
	for way, cfg := range ways {
		t.Run(way, func(t *testing.T) {
			limit(t)
			log := new(record)
			cfg.Log, cfg.InvitedOnly = log.logger(), true
			l := listen(t, cfg)
			go accept(l)
			try := func(j Join, pid int) error {
				near, err := Dial(t.Context(), j, Hello{Role: "peer", Pid: pid})
				if err == nil {
					_ = near.Close()
				}
				return err
			}
			first, second := l.Invite(3, time.Minute), l.Invite(4, time.Minute)
			if err := try(first, 4); err == nil {
				t.Error("another process was let in with it")
			}
			if err := try(first, 3); err != nil {
				t.Error(err)
			}
			if err := try(first, 3); !errors.Is(err, ErrSecret) {
				t.Errorf("the second time: %v, want ErrSecret", err)
			}
			mixed := second
			mixed.Secret = first.Secret
			if err := try(mixed, 4); !errors.Is(err, ErrSecret) {
				t.Errorf("with the secret of another invitation: %v", err)
			}
			if err := try(l.Join(), 4); !errors.Is(err, ErrSecret) {
				t.Errorf("without an invitation: %v", err)
			}
			if err := try(l.Invite(5, -time.Second), 5); !errors.Is(err, ErrSecret) {
				t.Errorf("too late: %v", err)
			}
			if err := try(second, 4); err != nil {
				t.Error(err)
			}
		})
	}
}

// TestShut: after Shut nobody can call, and links that were made stay.
func TestShut(t *testing.T) {
	for way, cfg := range ways {
		t.Run(way, func(t *testing.T) {
			limit(t)
			l := listen(t, cfg)
			go accept(l)
			early, err := Dial(t.Context(), l.Join(), Hello{Role: "worker"})
			if err != nil {
				t.Fatal(err)
			}
			defer early.Close()
			l.Shut()
			if late, err := Dial(t.Context(), l.Join(), Hello{Role: "worker"}); err == nil {
				late.Close()
				t.Error("it still listens")
			}
			if err := early.Send(&Frame{Kind: 1, Head: []byte("x")}); err != nil {
				t.Error(err)
			}
			if f, err := early.Receive(); err != nil || string(f.Head) != "x" {
				t.Errorf("%v, %v", f, err)
			}
			if err := l.Close(); err != nil {
				t.Error(err)
			}
		})
	}
}

// said is a connection of somebody who says something and hears nothing.
type said struct{ *bytes.Reader }

func (said) Write(b []byte) (int, error)      { return len(b), nil }
func (said) Close() error                     { return nil }
func (said) LocalAddr() net.Addr              { return nil }
func (said) RemoteAddr() net.Addr             { return nil }
func (said) SetDeadline(time.Time) error      { return nil }
func (said) SetReadDeadline(time.Time) error  { return nil }
func (said) SetWriteDeadline(time.Time) error { return nil }

// FuzzHello: any bytes of a stranger end the handshake, within the messages
// that it has.
func FuzzHello(f *testing.F) {
	l := &Listener{join: Join{Version: "1", Job: "j", Secret: noise(1, 32)}, lobby: newLobby()}
	greeting := appendField(appendField(nil, "1"), "j")
	greeting = appendField(append(greeting, 0), nonce())
	f.Add(encode(&Frame{Kind: kindGreeting, Head: greeting}))
	f.Add(append(encode(&Frame{Kind: kindGreeting, Head: greeting}), encode(&Frame{Kind: kindAnswer, Head: appendField(appendField(nil, noise(1, 32)), Hello{Role: "worker"}.append(nil))})...))
	f.Add(encode(&Frame{Kind: kindRefusal, Head: []byte("no")}))
	f.Fuzz(func(t *testing.T, b []byte) {
		s, err := newSession(said{bytes.NewReader(b)}, "fuzz", nil, time.Now().Add(handshakeTime))
		if err != nil {
			t.Fatal(err)
		}
		if hello, err := s.admit(l, &newcomer{}); err == nil {
			t.Errorf("let in as %+v", hello)
		}
		if h, err := parseHello(b); err == nil {
			if again, err := parseHello(h.append(nil)); err != nil || again.Pid != h.Pid || again.Role != h.Role {
				t.Errorf("%+v became %+v, %v", h, again, err)
			}
		}
	})
}
