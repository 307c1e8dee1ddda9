package job

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/output"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// thief is a launcher that starts nothing and gives the way in to the test.
type thief struct {
	joins chan link.Join
	done  chan struct{}
}

func (f *thief) Launch(_ launch.Spec, join link.Join, _ protocol.Settings) (Launch, error) {
	f.joins <- join
	return f, nil
}
func (f *thief) Done() <-chan struct{}                     { return f.done }
func (f *thief) Kill()                                     {}
func (f *thief) Launcher(time.Duration) (name, how string) { return "", "" }
func (f *thief) Explain(o launch.Outcome) error            { return errors.New(o.Waiting) }
func (f *thief) Running() map[int]bool                     { return nil }
func (f *thief) Hopeless() bool                            { return false }
func (f *thief) Joined()                                   {}
func call(t *testing.T, j link.Join, role string, p protocol.Presence) link.Link {
	t.Helper()
	l, err := link.Dial(t.Context(), j, link.Hello{Role: role, Data: protocol.Encode(p)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { l.Close() })
	return l
}

// begin starts a job of two workers that the test plays.
func begin(t *testing.T) (join link.Join, over chan error) {
	t.Helper()
	f := &thief{joins: make(chan link.Join, 1), done: make(chan struct{})}
	display, err := output.NewDisplay("none", output.NewConsole(io.Discard, io.Discard), false)
	if err != nil {
		t.Fatal(err)
	}
	j := New(Config{
		NP: 2, Spec: launch.Spec{Mpiexec: "true"}, Launcher: f, Display: display, Log: slog.New(slog.DiscardHandler),
		Say: t.Logf, Closed: func() bool { return false }, Lost: func(*Worker) {},
	})
	over = make(chan error, 1)
	go func() {
		over <- j.Start(context.Background(), func([]*Worker) error { return nil })
	}()
	t.Cleanup(func() { close(f.done); j.Free() })
	select {
	case join = <-f.joins:
	case err := <-over:
		t.Fatal(err)
	}
	return join, over
}

// TestRankClaimedTwice: who has the secret and takes a rank that is taken, or
// a worker's place, ends the start, with both hosts named.
func TestRankClaimedTwice(t *testing.T) {
	first := protocol.Presence{Supervisor: "aa", Host: "alpha", Rank: 1, Size: 2}
	for name, c := range map[string]struct {
		role   string
		second protocol.Presence
		want   []string
	}{
		"rank":   {protocol.RoleSupervisor, protocol.Presence{Supervisor: "bb", Host: "beta", Rank: 1, Size: 2}, []string{"rank 1 joined twice", "alpha", "beta", "secret"}},
		"worker": {protocol.RoleWorker, protocol.Presence{Supervisor: "aa", Host: "alpha", Rank: 1, Size: 2}, []string{"a worker joined twice", "alpha", "secret"}},
	} {
		t.Run(name, func(t *testing.T) {
			join, over := begin(t)
			call(t, join, c.role, first)
			call(t, join, c.role, c.second)
			select {
			case err := <-over:
				for _, want := range c.want {
					if err == nil || luaerr.From(err).Kind != luaerr.Launch || !strings.Contains(err.Error(), want) {
						t.Errorf("got error %v, want %q in it", err, want)
					}
				}
			case <-time.After(time.Minute):
				t.Fatal("the job goes on")
			}
		})
	}
}

// TestDoorShuts: when all workers are there nobody gets in any more.
func TestDoorShuts(t *testing.T) {
	join, over := begin(t)
	for rank := range 2 {
		p := protocol.Presence{Supervisor: string(rune('a' + rank)), Host: "alpha", Rank: rank, Size: 2}
		call(t, join, protocol.RoleSupervisor, p)
		w := call(t, join, protocol.RoleWorker, p)
		if err := protocol.Send(w, protocol.FrameReady, protocol.Ready{Rank: rank, Size: 2}); err != nil {
			t.Fatal(err)
		}
	}
	select {
	case err := <-over:
		if err != nil {
			t.Fatal(err)
		}
	case <-time.After(time.Minute):
		t.Fatal("the job does not begin")
	}
	for _, role := range []string{protocol.RoleSupervisor, protocol.RoleWorker} {
		l, err := link.Dial(t.Context(), join, link.Hello{Role: role, Data: protocol.Encode(protocol.Presence{Rank: -1, Size: -1})})
		if err == nil {
			l.Close()
			t.Errorf("a %s was let in after all were there", role)
		}
	}
}
