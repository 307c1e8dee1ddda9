package launch

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// hang is how long a step may take before it counts as one that hangs,
// however busy the machine is. What is to be ended sleeps for longer.
const hang = time.Minute

// real gives the spec of np shells under the real mpirun, in a job's folder.
// Where MPICLUS_NO_MPI is set, the test is left out.
func real(t *testing.T, np int, script string) Spec {
	t.Helper()
	if os.Getenv("MPICLUS_NO_MPI") != "" {
		t.Skip("MPICLUS_NO_MPI is set")
	}
	if _, err := exec.LookPath("mpirun"); err != nil {
		t.Fatal("mpirun is not installed (MPICLUS_NO_MPI=1 leaves out what needs it)")
	}
	folder, err := MakeFolder(0)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { folder.Remove() })
	return Spec{NP: np, Exe: "/bin/sh", ExeArgs: []string{"-c", script}, Folder: folder.Path}
}

// run runs a spec to its end within a limit.
func run(t *testing.T, spec Spec) *Process {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), hang)
	defer cancel()
	p, err := Run(ctx, spec)
	if err != nil {
		t.Fatal(err)
	}
	<-p.Gone()
	if ctx.Err() != nil {
		t.Fatalf("still running after the limit; output: %q", p.Tail())
	}
	return p
}

func TestRealLocalRun(t *testing.T) {
	for _, np := range []int{0, 1, 2, 5} {
		spec := real(t, np, `echo "$OMPI_COMM_WORLD_RANK/$OMPI_COMM_WORLD_SIZE $MPICLUS_OVERSUBSCRIBED"`)
		p := run(t, spec)
		status, ok := p.ExitStatus()
		if !ok || status != (ExitStatus{}) {
			t.Fatalf("np %d: %v: %q", np, status, p.Tail())
		}
		if np > 0 && len(p.Tail()) != np {
			t.Errorf("np %d: got lines %q", np, p.Tail())
		}
		if left, _ := os.ReadDir(spec.Folder); len(left) != 0 {
			t.Errorf("np %d: the folder is not empty after an orderly end: %v", np, left)
		}
	}
}

func TestRealSurvivorsLiveOn(t *testing.T) {
	p := run(t, real(t, 2, `if [ $OMPI_COMM_WORLD_RANK = 0 ]; then kill -9 $$; fi; sleep 0.7; echo alive`))
	if got := strings.Join(p.Tail(), "\n"); !strings.Contains(got, "alive") {
		t.Errorf("rank 1 ended with rank 0: %q", got)
	}
}

// startSleepers starts three ranks that sleep for long and waits for them.
func startSleepers(t *testing.T, ctx context.Context, script string) *Process {
	t.Helper()
	up := make(chan string, 10)
	c, err := Plan(real(t, 3, `echo up $$; `+script))
	if err != nil {
		t.Fatal(err)
	}
	c.Line = func(line string, _ bool) { up <- line }
	p, err := c.Start(ctx)
	if err != nil {
		t.Fatal(err)
	}
	for range 3 {
		select {
		case line := <-up:
			if !strings.HasPrefix(line, "up ") {
				t.Fatalf("got line %q", line)
			}
		case <-time.After(hang):
			t.Fatal("the ranks did not start")
		}
	}
	return p
}

// assertGone fails unless the whole job ends.
func assertGone(t *testing.T, p *Process) {
	t.Helper()
	begin := time.Now()
	select {
	case <-p.Gone():
		t.Logf("gone after %v", time.Since(begin).Round(time.Millisecond))
	case <-time.After(hang):
		t.Errorf("processes %v of the job are left after %v", members(p.Pid, p.mark), hang)
		p.killAll()
	}
	if left := members(p.Pid, p.mark); len(left) != 0 {
		t.Errorf("processes %v are left after Gone", left)
	}
}

func TestRealKill(t *testing.T) {
	for name, script := range map[string]string{"willing": "exec sleep 600", "stubborn": "trap '' TERM CONT; while :; do sleep 0.2; done"} {
		t.Run(name, func(t *testing.T) {
			p := startSleepers(t, t.Context(), script)
			p.Kill()
			p.Kill()
			assertGone(t, p)
		})
	}
}

func TestRealContextEndsTheJob(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	p := startSleepers(t, ctx, "exec sleep 600")
	cancel()
	assertGone(t, p)
}

// A process that leaves the launcher's session, as Hydra's proxies do, is
// found all the same.
func TestOrphansOfAnotherSession(t *testing.T) {
	launcher := filepath.Join(t.TempDir(), "launcher")
	script := "#!/bin/sh\nsetsid \"$3\" \"$4\" &\nuntil [ -e \"$0.end\" ]; do sleep 0.01; done\n"
	if err := os.WriteFile(launcher, []byte(script), 0o700); err != nil {
		t.Fatal(err)
	}
	c, err := Plan(Spec{NP: 1, Mpiexec: launcher, Exe: "/bin/sleep", ExeArgs: []string{"600"}})
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.Start(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	left := func(pid int) bool { return !slices.Contains(members(p.Pid, ""), pid) }
	for deadline := time.Now().Add(hang); !slices.ContainsFunc(members(p.Pid, p.mark), left); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("in the session: %v, marked: %v", members(p.Pid, ""), members(p.Pid, p.mark))
		}
	}
	if err := os.WriteFile(launcher+".end", nil, 0o600); err != nil {
		t.Fatal(err)
	}
	<-p.Done()
	assertGone(t, p)
}

func TestRealKilledLauncher(t *testing.T) {
	p := startSleepers(t, t.Context(), "exec sleep 600")
	syscall.Kill(p.Pid, syscall.SIGKILL)
	assertGone(t, p)
	if status, _ := p.ExitStatus(); status.Signal != syscall.SIGKILL || status.String() != "signal: killed" {
		t.Errorf("got status %v", status)
	}
}

// TestMain plays the master, and its ranks, of TestRealKilledMaster.
func TestMain(m *testing.M) {
	if mark := os.Getenv("LAUNCH_TEST_RANK"); mark != "" {
		if err := DieWithParent(syscall.SIGKILL); err != nil {
			os.Exit(3)
		}
		f, _ := os.OpenFile(mark, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
		f.WriteString("up")
		time.Sleep(10 * hang)
		os.Exit(0)
	}
	if mark := os.Getenv("LAUNCH_TEST_MASTER"); mark != "" {
		p, err := Run(context.Background(), Spec{NP: 2, Exe: os.Args[0], Env: map[string]string{"LAUNCH_TEST_RANK": mark}})
		if err != nil {
			os.Exit(3)
		}
		os.Stdout.WriteString(strconv.Itoa(p.Pid) + "\n")
		<-p.Done()
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func TestRealKilledMaster(t *testing.T) {
	spec := real(t, 1, "")
	mark := filepath.Join(spec.Folder, "mark")
	master := exec.Command(os.Args[0])
	master.Env = append(os.Environ(), "LAUNCH_TEST_MASTER="+mark)
	out, _ := master.StdoutPipe()
	if err := master.Start(); err != nil {
		t.Fatal(err)
	}
	line := make([]byte, 32)
	n, _ := out.Read(line)
	pid, err := strconv.Atoi(strings.TrimSpace(string(line[:n])))
	if err != nil {
		t.Fatal(err)
	}
	for deadline := time.Now().Add(hang); ; time.Sleep(10 * time.Millisecond) {
		if b, _ := os.ReadFile(mark); strings.Count(string(b), "up") == 2 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the ranks did not start")
		}
	}
	master.Process.Kill()
	master.Wait()
	begin := time.Now()
	for len(members(pid, "")) > 0 {
		if time.Since(begin) > hang {
			t.Errorf("left: %v", members(pid, ""))
			(&Process{Pid: pid}).killAll()
			return
		}
		time.Sleep(10 * time.Millisecond)
	}
	t.Logf("gone after %v", time.Since(begin).Round(time.Millisecond))
}

func TestStartErrors(t *testing.T) {
	spec := real(t, 1, "true")
	spec.Dir = filepath.Join(spec.Folder, "missing")
	if _, err := Run(t.Context(), spec); err == nil || !strings.Contains(err.Error(), spec.Dir) {
		t.Errorf("a missing folder: %v", err)
	}
}

func TestLinesAndTail(t *testing.T) {
	p := &Process{}
	var got []string
	w := p.lines(func(line string, stderr bool) {
		if !stderr {
			t.Error("stream mixed up")
		}
		got = append(got, line)
	}, true)
	for _, part := range []string{"one\nt", "wo\r\n\nthree", strings.Repeat("x", 2*lineBytes), "\n" + strings.Repeat("y", lineBytes+1) + "\n" + strings.Repeat("z", lineBytes), "\nend"} {
		w.Write([]byte(part))
	}
	w.flush()
	w.flush()
	want := []string{"one", "two", "", "three" + strings.Repeat("x", lineBytes-5), strings.Repeat("x", lineBytes), "xxxxx", strings.Repeat("y", lineBytes), "y", strings.Repeat("z", lineBytes), "end"}
	if !slices.Equal(got, want) {
		t.Errorf("got %d lines %.20q", len(got), got)
	}
	for i := range 2 * tailLines {
		p.tail.add(strconv.Itoa(i))
	}
	if tail := p.Tail(); len(tail) != tailLines || tail[0] != "60" || tail[tailLines-1] != "119" {
		t.Errorf("tail %v", tail)
	}
}
