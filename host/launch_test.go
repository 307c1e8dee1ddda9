package host_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// hang is how long a step may take before it counts as one that hangs,
// however busy the machine is.
const hang = time.Minute

// launcher starts np workers whatever is asked for, once go lets it.
type launcher struct {
	np      int
	entered chan struct{}
	proceed chan struct{}
	job     job.Launch
}

func newLauncher(np int) *launcher {
	return &launcher{np: np, entered: make(chan struct{}), proceed: make(chan struct{})}
}

func (l *launcher) Launch(spec launch.Spec, join link.Join, settings protocol.Settings) (job.Launch, error) {
	close(l.entered)
	<-l.proceed
	spec.NP = l.np
	var err error
	l.job, err = new(testkit.Launcher).Launch(spec, join, settings)
	return l.job, err
}

func (l *launcher) over(t *testing.T) {
	t.Helper()
	select {
	case <-l.job.Done():
	case <-time.After(hang):
		t.Error("workers are left")
	}
}

// TestManyAtOnce starts as many workers as the launcher decides: nobody knows
// how many will join at the same time.
func TestManyAtOnce(t *testing.T) {
	l := newLauncher(200)
	close(l.proceed)
	c := testkit.New(t, host.Config{Launcher: l, LaunchTimeout: hang})
	pids, err := c.NewManager(host.MPIOnWorkers, host.Options{NP: -1, LaunchTimeout: hang}).Start(t.Context())
	if err != nil || len(pids) != 200 {
		t.Errorf("%d pids, error %v", len(pids), err)
	}
}

// TestWrongNumber starts more workers than were asked for: they end.
func TestWrongNumber(t *testing.T) {
	l := newLauncher(3)
	close(l.proceed)
	c := testkit.New(t, host.Config{Launcher: l})
	_, err := c.NewManager(host.MPIOnWorkers, host.Options{NP: 2}).Start(t.Context())
	if err == nil || !strings.Contains(err.Error(), "world size 3") {
		t.Errorf("error %v", err)
	}
	l.over(t)
}

// TestCloseWhileStarting closes a manager whose workers are being started.
func TestCloseWhileStarting(t *testing.T) {
	l := newLauncher(2)
	c := testkit.New(t, host.Config{Launcher: l})
	m := c.NewManager(host.MPIOnWorkers, host.Options{NP: 2})
	started := make(chan error, 1)
	go func() {
		_, err := m.Start(context.Background())
		started <- err
	}()
	<-l.entered
	if err := m.Close(t.Context()); err != nil {
		t.Error(err)
	}
	close(l.proceed)
	select {
	case err := <-started:
		if err == nil || !strings.Contains(err.Error(), "closed") {
			t.Errorf("got error %v", err)
		}
		l.over(t)
	case <-time.After(hang):
		t.Error("the start does not end")
	}
}

// TestCloseTwice closes a manager from two sides: both return when all is
// over.
func TestCloseTwice(t *testing.T) {
	for range 20 {
		l := newLauncher(2)
		close(l.proceed)
		c := testkit.New(t, host.Config{Launcher: l})
		m := c.NewManager(host.MPIOnWorkers, host.Options{NP: 2})
		if _, err := m.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
		closed := make(chan bool, 2)
		for range 2 {
			go func() {
				_ = m.Close(context.Background())
				select {
				case <-l.job.Done():
					closed <- true
				default:
					closed <- false
				}
			}()
		}
		for range 2 {
			if !<-closed {
				t.Fatal("Close has returned, and workers are left")
			}
		}
	}
}
