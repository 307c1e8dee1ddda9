package mpitest

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"
)

// recorder is a test that may fail without failing ours.
type recorder struct {
	testing.TB
	failed   bool
	text     string
	cleanups []func()
}

func (r *recorder) Helper()           {}
func (r *recorder) Failed() bool      { return r.failed }
func (r *recorder) Cleanup(fn func()) { r.cleanups = append(r.cleanups, fn) }
func (r *recorder) Errorf(format string, args ...any) {
	r.failed, r.text = true, r.text+fmt.Sprintf(format, args...)
}
func (r *recorder) Fatalf(format string, args ...any) {
	r.Errorf(format, args...)
	runtime.Goexit()
}

// record runs a test and returns what it says of its failure.
func record(t *testing.T, test func(t testing.TB)) string {
	r := &recorder{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		test(r)
	}()
	<-done
	for _, fn := range r.cleanups {
		fn()
	}
	return r.text
}

func shell(script string) Command { return Command{Args: []string{"sh", "-c", script}} }

func TestResult(t *testing.T) {
	c := shell(`read line; echo "got $line"; echo "to $VAR" >&2; exit 7`)
	c.Stdin, c.Env = "input\n", []string{"VAR=there"}
	r := Run(t, c)
	if r.Stdout != "got input\n" || r.Stderr != "to there\n" || r.Status != 7 {
		t.Fatal(r)
	}
	if r := Run(t, shell("kill -9 $$")); r.Status != 128+9 {
		t.Fatal(r)
	}
}

func TestProblems(t *testing.T) {
	for name, c := range map[string]struct {
		command Command
		want    string
	}{
		"process":       {shell("sleep 77 & "), "outlived it by"},
		"other session": {shell("setsid sleep 77 & sleep 0.1"), "sleep 77"},
		"file":          {shell("touch $TMPDIR/some-file"), "left behind: /tmp"},
		"socket":        {shell(`python3 -c "import socket,os; socket.socket(socket.AF_UNIX).bind(os.environ['MPICLUS_TMPDIR']+'/s')"`), "(S---------)"},
		"limit":         {Command{Args: []string{"sleep", "77"}, Limit: 50 * time.Millisecond}, "killed after its limit of 50ms\n"},
	} {
		t.Run(name, func(t *testing.T) {
			c.command.Linger = 100 * time.Millisecond
			var j *Job
			text := record(t, func(t testing.TB) {
				j = Start(t, c.command)
				j.Wait()
			})
			if !strings.Contains(text, c.want) {
				t.Errorf("got %q\nwant %q in it", text, c.want)
			}
			if left := j.Processes(); len(left) > 0 {
				t.Errorf("still there:\n%s", list(left))
			}
		})
	}
}

// hang makes this test program a job that waits for ever.
const hang = "MPITEST_HANG"

func TestMain(m *testing.M) {
	if os.Getenv(hang) != "" {
		fmt.Println("hangs")
		time.Sleep(time.Hour)
	}
	os.Exit(m.Run())
}

// TestStacks sees that a time-out tells where a program hangs.
func TestStacks(t *testing.T) {
	text := record(t, func(t testing.TB) {
		j := Start(t, Command{Args: []string{os.Args[0]}, Env: []string{hang + "=1"}})
		j.Await("hangs")
		j.timer.Reset(0) // the limit passes now
		j.Wait()
	})
	for _, want := range []string{"killed after its limit", "goroutine 1", "mpitest.TestMain", "S (sleeping)"} {
		if !strings.Contains(text, want) {
			t.Errorf("got %q\nwant %q in it", text, want)
		}
	}
}

// TestAbandoned sees that a job ends with a test that does not wait for it.
func TestAbandoned(t *testing.T) {
	var j *Job
	begin := time.Now()
	text := record(t, func(t testing.TB) {
		j = Start(t, shell("echo begun; sleep 77"))
		j.Await("begun")
		t.Fatalf("for another reason")
	})
	if text != "for another reason" || time.Since(begin) > time.Minute || len(j.Processes()) > 0 {
		t.Fatalf("got %q after %v, left %v", text, time.Since(begin), j.Processes())
	}
}

func TestAwait(t *testing.T) {
	j := Start(t, shell("echo one; echo two >&2; exec sleep 77"))
	j.Await("two")
	j.Await("one")
	j.Kill(j.Pid(), syscall.SIGTERM)
	if r := j.Wait(); r.Status != 128+15 {
		t.Fatal(r)
	}
	text := record(t, func(t testing.TB) { Start(t, shell("echo one")).Await("two") })
	if !strings.Contains(text, `ended without printing "two"`) {
		t.Fatal(text)
	}
}

// TestRanks runs the simplest of MPI jobs.
func TestRanks(t *testing.T) {
	Need(t)
	r := Run(t, Mpirun(3, "sh", "-c", "echo rank $"+On().RankVariable()))
	if r.Status != 0 || strings.Count(r.Stdout, "rank") != 3 {
		t.Fatal(r)
	}
}
