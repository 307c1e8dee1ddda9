package tests

import (
	"bytes"
	"context"
	"errors"
	"net"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// TestIntruders: who calls the master with garbage, with a wrong secret or as
// another version while the workers come is turned away with a reason in the
// log, and the job never notices. When all workers are there the door is shut:
// the secret itself, read from a process of the job, lets nobody in.
func TestIntruders(t *testing.T) {
	mpitest.Need(t)
	for name, flags := range map[string][]string{"unix": nil, "tcp": {"--interface", "127.0.0.1"}} {
		t.Run(name, func(t *testing.T) {
			gate, enough := filepath.Join(t.TempDir(), "gate"), filepath.Join(t.TempDir(), "enough")
			c := master(t, 2, "intruded.lua", enough)
			c.Args = append(append(c.Args[:2:2], append(flags, "--mpiexec", gated(t, gate))...), c.Args[2:]...)
			j := mpitest.Start(t, c)
			join := joinOf(t, j)
			network, address := "unix", join.Unix
			if name == "tcp" {
				network, address = "tcp", join.TCP[0]
				join.Unix = ""
			}
			for _, bytes := range [][]byte{[]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), make([]byte, 1<<20), bytes.Repeat([]byte{0xA7}, 4096)} {
				garbage(t, network, address, bytes)
			}
			impostors(t, join)
			if err := os.WriteFile(gate, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			j.Await("begin")
			for _, role := range []string{"worker", "supervisor"} {
				ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
				if l, err := link.Dial(ctx, join, link.Hello{Role: role, Data: protocol.Encode(protocol.Presence{Rank: 0, Size: 2})}); err == nil {
					l.Close()
					t.Errorf("the secret of a job at work lets a %s in", role)
				}
				cancel()
			}
			if err := os.WriteFile(enough, nil, 0o600); err != nil {
				t.Fatal(err)
			}
			r := j.Wait()
			if r.Status != 0 {
				t.Fatal(r)
			}
			holds(t, r, r.Stdout, "end\n")
			holds(t, r, r.Stderr, "turned away", "wrong secret", "v0.0.1")
			if strings.Contains(r.Stderr, string(join.Secret)) || strings.Contains(r.Stderr, join.String()) {
				t.Errorf("the secret is in the log\n%s", r)
			}
		})
	}
}

// TestThief: who has the secret and takes the place of a rank that has yet to
// come ends the job, and is named.
func TestThief(t *testing.T) {
	mpitest.Need(t)
	gate := filepath.Join(t.TempDir(), "gate")
	c := master(t, 2, "intruded.lua", filepath.Join(t.TempDir(), "never"))
	c.Args = append(append(c.Args[:2:2], "--mpiexec", gated(t, gate)), c.Args[2:]...)
	j := mpitest.Start(t, c)
	join := joinOf(t, j)
	ctx, cancel := context.WithTimeout(t.Context(), 30*time.Second)
	defer cancel()
	l, err := link.Dial(ctx, join, link.Hello{Role: "supervisor", Data: protocol.Encode(protocol.Presence{Supervisor: "thief", Host: "elsewhere", Rank: 1, Size: 2})})
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	if err := os.WriteFile(gate, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	r := j.Wait()
	if r.Status != 3 {
		t.Errorf("status %d, want 3\n%s", r.Status, r)
	}
	holds(t, r, r.Stderr, "rank 1 joined twice", "elsewhere", "secret")
	if strings.Contains(r.Stdout, "begin") {
		t.Errorf("the script went on\n%s", r)
	}
}

// gated returns a launcher that starts nothing before a file is there.
func gated(t *testing.T, gate string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "mpirun")
	script := "#!/bin/sh\ncase \"$*\" in *version*) exec mpirun \"$@\" ;; esac\nuntil [ -e '" + gate + "' ]; do sleep 0.05; done\nexec mpirun \"$@\"\n"
	if err := os.WriteFile(path, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	return path
}

// joinOf reads how workers reach the master where they read it.
func joinOf(t *testing.T, j *mpitest.Job) link.Join {
	t.Helper()
	for end := time.Now().Add(time.Minute); time.Now().Before(end); time.Sleep(20 * time.Millisecond) {
		for _, p := range j.Processes() {
			if text := p.Env("MPICLUS_JOIN"); text != "" {
				join, err := link.ParseJoin(text)
				if err != nil {
					t.Fatal(err)
				}
				return join
			}
		}
	}
	t.Fatal("no process has the way to the master in its environment")
	return link.Join{}
}

func garbage(t *testing.T, network, address string, text []byte) {
	t.Helper()
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	_ = conn.SetDeadline(time.Now().Add(5 * time.Second))
	_, _ = conn.Write(text) // it may be turned away before the end
	var answer [4096]byte
	for {
		if _, err := conn.Read(answer[:]); err != nil {
			var timeout net.Error
			if errors.As(err, &timeout) && timeout.Timeout() {
				t.Errorf("%s: the connection of garbage is still open", network)
			}
			return
		}
	}
}

// impostors call with a wrong secret, as another version, as what is not
// known, and with a presence that cannot be read.
func impostors(t *testing.T, join link.Join) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	other := join
	other.Secret = bytes.Repeat([]byte{7}, len(join.Secret))
	if l, err := link.Dial(ctx, other, link.Hello{Role: "worker"}); !errors.Is(err, link.ErrSecret) {
		t.Errorf("a wrong secret: %v, %v", l, err)
	}
	other = join
	other.Version = "v0.0.1"
	var version *link.VersionError
	if l, err := link.Dial(ctx, other, link.Hello{Role: "worker"}); !errors.As(err, &version) {
		t.Errorf("another version: %v, %v", l, err)
	}
	for _, hello := range []link.Hello{{Role: "worker", Data: []byte("?")}, {Role: "admiral", Data: []byte{0x80}}} {
		l, err := link.Dial(ctx, join, hello)
		if err != nil {
			t.Errorf("%v: %v", hello, err)
			continue
		}
		if _, err := l.Receive(); err == nil {
			t.Errorf("%v was let in", hello)
		}
		l.Close()
	}
}
