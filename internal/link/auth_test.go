package link

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// record is a log that tests can read while it is written.
type record struct {
	mu  sync.Mutex
	buf bytes.Buffer
}

func (r *record) Write(p []byte) (int, error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.Write(p)
}

func (r *record) String() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.buf.String()
}

// waitFor returns the log as soon as it holds a text.
func (r *record) waitFor(t *testing.T, text string) string {
	t.Helper()
	for end := time.Now().Add(hang / 2); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if strings.Contains(r.String(), text) {
			return r.String()
		}
	}
	t.Errorf("%q is not in the log: %s", text, r.String())
	return ""
}

func (r *record) logger() *slog.Logger {
	return slog.New(slog.NewTextHandler(r, &slog.HandlerOptions{Level: slog.LevelDebug}))
}

// ways are the two sorts of listeners.
var ways = map[string]ListenConfig{
	"unix": {Version: "2.0", Job: "job-1", HelloTime: hang},
	"tcp":  {Version: "2.0", Job: "job-1", HelloTime: hang, NoUnix: true, TCP: true},
}

// eachWay runs a test against a listener of each sort, and checks afterwards
// that it still lets a good process in.
func eachWay(t *testing.T, test func(t *testing.T, l *Listener, log *record)) {
	for name, cfg := range ways {
		t.Run(name, func(t *testing.T) {
			limit(t)
			log := new(record)
			cfg.Log = log.logger()
			l := listen(t, cfg)
			go accept(l)
			test(t, l, log)
			good, err := Dial(t.Context(), l.Join(), Hello{Role: "worker"})
			if err != nil {
				t.Fatal("afterwards a good process is not let in:", err)
			}
			_ = good.Close()
			if strings.Contains(log.String(), string(l.Join().Secret)) || strings.Contains(log.String(), l.Join().String()) {
				t.Error("the secret is in the log")
			}
		})
	}
}

// accept takes links and echoes on each until it ends.
func accept(l *Listener) {
	for {
		link, _, err := l.Accept()
		if err != nil {
			return
		}
		go func() {
			defer link.Close()
			for {
				f, err := link.Receive()
				if err != nil || link.Send(f) != nil {
					return
				}
			}
		}()
	}
}

func TestHelloArrives(t *testing.T) {
	for name, cfg := range ways {
		t.Run(name, func(t *testing.T) {
			limit(t)
			l := listen(t, cfg)
			want := Hello{Role: "supervisor", Pid: 7, Data: noise(1, 50_000)}
			join := l.Join()
			join.TCP = join.TCP[:min(len(join.TCP), 1)] // on a busy machine another one may be faster
			dialled := make(chan Link)
			go func() {
				link, err := Dial(t.Context(), join, want)
				if err != nil {
					t.Error(err)
				}
				dialled <- link
			}()
			far, got, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			near := <-dialled
			defer near.Close()
			defer far.Close()
			if got.Role != want.Role || got.Pid != want.Pid || !bytes.Equal(got.Data, want.Data) || got.Version != "2.0" {
				t.Errorf("got %s %d %s, %d bytes", got.Role, got.Pid, got.Version, len(got.Data))
			}
			where := join.Unix
			if name == "tcp" {
				where = "tls " + join.TCP[0]
			}
			if !strings.Contains(Describe(near), where) || Describe(far) != Describe(near) {
				t.Errorf("near end %s, far end %s, want %s", Describe(near), Describe(far), where)
			}
		})
	}
}

func TestWrongSecret(t *testing.T) {
	eachWay(t, func(t *testing.T, l *Listener, log *record) {
		join := l.Join()
		join.Secret = noise(5, 32)
		_, err := Dial(t.Context(), join, Hello{})
		if !errors.Is(err, ErrSecret) {
			t.Errorf("%v, want ErrSecret", err)
		}
		log.waitFor(t, "wrong secret")
	})
}

// A dialler that lies about having checked the listener is refused by it.
func TestDiallerWithoutSecret(t *testing.T) {
	eachWay(t, func(t *testing.T, l *Listener, log *record) {
		s := rawSession(t, l.Join())
		greet(t, s, l.Join())
		if err := s.say(kindAnswer, appendField(appendField(nil, noise(1, 32)), Hello{Role: "worker"}.append(nil))); err != nil {
			t.Fatal(err)
		}
		var refused *RefusedError
		if _, err := s.expect(kindWelcome); !errors.As(err, &refused) {
			t.Errorf("%v, want a refusal", err)
		}
		log.waitFor(t, "wrong secret")
	})
}

// The listener's own proof, sent back, proves nothing.
func TestReflectedProof(t *testing.T) {
	eachWay(t, func(t *testing.T, l *Listener, log *record) {
		s := rawSession(t, l.Join())
		proof := greet(t, s, l.Join())
		_ = s.say(kindAnswer, appendField(appendField(nil, proof), ""))
		if _, err := s.expect(kindWelcome); err == nil {
			t.Error("accepted")
		}
		log.waitFor(t, "wrong secret")
	})
}

// rawSession is a connection on which a test plays the dialler by hand.
func rawSession(t *testing.T, j Join) *session {
	t.Helper()
	var conn net.Conn
	var err error
	var binding []byte
	if j.Unix != "" {
		conn, err = net.Dial("unix", j.Unix)
	} else {
		var d *dialled
		if d, err = dialTLS(t.Context(), j.TCP[0], j.Pin); err == nil {
			conn, binding = d.Conn, d.binding
		}
	}
	if err != nil {
		t.Fatal(err)
	}
	s, err := newSession(conn, "test", binding, time.Now().Add(handshakeTime))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.Close() })
	return s
}

// greet says a good greeting and returns the listener's proof.
func greet(t *testing.T, s *session, j Join) []byte {
	t.Helper()
	greeting := binary.AppendUvarint(appendField(appendField(nil, j.Version), j.Job), j.Invitation)
	if err := s.say(kindGreeting, appendField(greeting, nonce())); err != nil {
		t.Fatal(err)
	}
	f, err := s.expect(kindChallenge)
	if err != nil {
		t.Fatal(err)
	}
	_, _ = f.bytes(), f.bytes()
	return f.bytes()
}

func TestWrongVersion(t *testing.T) {
	eachWay(t, func(t *testing.T, l *Listener, log *record) {
		_, err := Dial(t.Context(), l.Join(), Hello{Version: "1.9"})
		var version *VersionError
		const want = "worker is version 1.9, master 2.0: install the same version on all hosts"
		if !errors.As(err, &version) || !strings.Contains(err.Error(), want) {
			t.Errorf("the dialler says: %v", err)
		}
		log.waitFor(t, want)
	})
}

func TestWrongJob(t *testing.T) {
	eachWay(t, func(t *testing.T, l *Listener, log *record) {
		join := l.Join()
		join.Job = "job-2"
		_, err := Dial(t.Context(), join, Hello{})
		if err == nil || !strings.Contains(err.Error(), "this is job job-1, not job-2") {
			t.Error(err)
		}
		log.waitFor(t, "not job-2")
	})
}

func TestCloseEndsAllAndLeavesNothing(t *testing.T) {
	limit(t)
	l := listen(t, ListenConfig{TCP: true})
	folder := filepath.Dir(l.Join().Unix)
	if info, err := os.Stat(folder); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("folder %s: %v %v", folder, info.Mode(), err)
	}
	silent, err := net.Dial("unix", l.Join().Unix) // never says hello
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	unclaimed, err := Dial(t.Context(), l.Join(), Hello{}) // let in, but nobody accepts it
	if err != nil {
		t.Fatal(err)
	}
	defer unclaimed.Close()
	claimed, err := Dial(t.Context(), l.Join(), Hello{})
	if err != nil {
		t.Fatal(err)
	}
	defer claimed.Close()
	far, _, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer far.Close()
	if err := errors.Join(l.Close(), l.Close()); err != nil {
		t.Error(err)
	}
	if _, _, err := l.Accept(); !errors.Is(err, ErrClosed) {
		t.Error(err)
	}
	if _, err := os.Stat(folder); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s is left: %v", folder, err)
	}
	if _, err := Dial(t.Context(), l.Join(), Hello{}); err == nil {
		t.Error("a closed listener lets processes in")
	}
	oneLinkEnded(t, unclaimed, claimed, far)
}

// oneLinkEnded checks that of two dialled links one works with far and the
// other has ended.
func oneLinkEnded(t *testing.T, a, b, far Link) {
	t.Helper()
	ended := make(chan error, 2)
	for _, l := range []Link{a, b} {
		go func() { _, err := l.Receive(); ended <- err }()
	}
	if err := <-ended; err != io.EOF {
		t.Error(err)
	}
	if err := far.Send(&Frame{}); err != nil {
		t.Error("a link that was given out ended too:", err)
	}
	if err := <-ended; err != nil {
		t.Error(err)
	}
}
