package launch

import (
	"context"
	"crypto/rand"
	"errors"
	"os"
	"os/exec"
	"runtime"
	"slices"
	"strconv"
	"sync"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// The pauses of an ending: what a launcher gets to end its ranks in order, and
// what ranks get after their launcher is gone.
const (
	killGrace   = 1500 * time.Millisecond
	orphanGrace = 700 * time.Millisecond
)

// launchVar marks the processes of one launch.
const launchVar = "MPICLUS_LAUNCH"

// Process is a running launcher with all that it started on this machine.
type Process struct {
	Pid int

	mark   string // an entry in the environment of all of the job, or ""
	tail   tail
	status ExitStatus
	up     chan struct{} // closed once Pid is set
	done   chan struct{}
	gone   chan struct{}
	kill   sync.Once
}

// ExitStatus says how a launcher ended: an exit code, or the signal that
// ended it (Code is then -1).
type ExitStatus struct {
	Code   int
	Signal syscall.Signal
}

// String returns "exit status 3" or "signal: killed".
func (s ExitStatus) String() string {
	if s.Signal != 0 {
		return "signal: " + s.Signal.String()
	}
	return "exit status " + strconv.Itoa(s.Code)
}

// Start starts the launcher: in a session of its own (a Ctrl-C in the terminal
// is the master's affair), with an empty standard input, and on Linux with an
// order to end when this process ends, also by SIGKILL. When ctx is done it is
// killed as by Kill. An error is of kind launch.
func (c *Command) Start(ctx context.Context) (*Process, error) {
	cmd := exec.Command(c.Path)
	cmd.Args, cmd.Env, cmd.Dir = c.Args, slices.Clone(c.Env), c.Dir
	cmd.SysProcAttr = ownSession(c.Kind)
	// Ranks that outlive the launcher hold its pipes: do not wait for them.
	cmd.WaitDelay = 300 * time.Millisecond
	p := &Process{up: make(chan struct{}), done: make(chan struct{}), gone: make(chan struct{})}
	if c.Kind != OpenMPI { // whose ranks stay in the session
		p.mark = launchVar + "=" + rand.Text()
		cmd.Env = append(cmd.Env, p.mark)
	}
	out, errs := p.lines(c.Line, false), p.lines(c.Line, true)
	cmd.Stdout, cmd.Stderr = out, errs

	started := make(chan error, 1)
	go func() {
		// The order to end is bound to the thread that starts the process.
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := cmd.Start()
		if err != nil {
			started <- err
			return
		}
		p.Pid = cmd.Process.Pid
		close(p.up)
		started <- nil
		cmd.Wait()
		out.flush()
		errs.flush()
		p.status = statusOf(cmd.ProcessState)
		close(p.done)
		p.endOrphans()
		close(p.gone)
	}()
	if err := <-started; err != nil {
		return nil, startError(c, err)
	}
	go func() {
		select {
		case <-ctx.Done():
			p.Kill()
		case <-p.done:
		}
	}()
	return p, nil
}

// startError says why the system did not start the launcher.
func startError(c *Command, err error) error {
	if c.Dir != "" {
		if info, statErr := os.Stat(c.Dir); statErr != nil || !info.IsDir() {
			return luaerr.New(luaerr.Launch, "cannot start workers in the folder %s: %w", c.Dir, errors.Join(statErr, errors.New("it is no folder that can be entered")))
		}
	}
	return luaerr.New(luaerr.Launch, "cannot start %s: %w", c.Path, err)
}

// Done is closed when the launcher has ended and its output has been read.
func (p *Process) Done() <-chan struct{} { return p.done }

// Gone is closed, after Done, when nothing of the job is left on this machine:
// ranks that outlive their launcher get a moment and are then killed.
func (p *Process) Gone() <-chan struct{} { return p.gone }

// ExitStatus reports how the launcher ended; ok is false while it runs.
func (p *Process) ExitStatus() (status ExitStatus, ok bool) {
	select {
	case <-p.done:
		return p.status, true
	default:
		return ExitStatus{}, false
	}
}

// Tail returns the last lines of output, in the order in which they came.
func (p *Process) Tail() []string { return p.tail.lines() }

// lines makes the writer of one stream of p.
func (p *Process) lines(line func(string, bool), stderr bool) *lineWriter {
	return &lineWriter{give: func(text string) {
		if noise.MatchString(text) {
			return
		}
		p.tail.add(text)
		if stderr && launchFailed.MatchString(text) {
			time.AfterFunc(failedGrace, p.Kill)
		}
		if line != nil {
			line(text, stderr)
		}
	}}
}

// Kill ends the job: the launcher is asked to (SIGTERM), and what is left of
// the job on this machine after a moment is killed. It returns at once; Gone
// tells the end. It may be called at any time, by anyone, and again.
func (p *Process) Kill() {
	p.kill.Do(func() {
		go func() {
			<-p.up
			select {
			case <-p.done:
				return
			default:
				syscall.Kill(p.Pid, syscall.SIGTERM)
			}
			select {
			case <-p.done:
			case <-time.After(killGrace):
				p.killAll()
			}
		}()
	})
}

// Running returns the ranks of the job that have a process on this machine; it is
// empty where they cannot be told.
func (p *Process) Running() map[int]bool {
	ranks := map[int]bool{}
	for _, pid := range members(p.Pid, p.mark) {
		if rank := rankOf(pid); rank >= 0 {
			ranks[rank] = true
		}
	}
	return ranks
}

// endOrphans returns when no process of the job is left.
func (p *Process) endOrphans() {
	deadline := time.Now().Add(orphanGrace)
	for pause := 2 * time.Millisecond; len(members(p.Pid, p.mark)) > 0; pause = min(2*pause, 50*time.Millisecond) {
		if time.Now().After(deadline) {
			p.killAll()
		}
		time.Sleep(pause)
	}
}

// killAll kills all processes of the job, the launcher included.
func (p *Process) killAll() {
	for _, pid := range members(p.Pid, p.mark) {
		syscall.Kill(pid, syscall.SIGKILL)
	}
}

func statusOf(state *os.ProcessState) ExitStatus {
	if wait, ok := state.Sys().(syscall.WaitStatus); ok && wait.Signaled() {
		return ExitStatus{Code: -1, Signal: wait.Signal()}
	}
	return ExitStatus{Code: state.ExitCode()}
}
