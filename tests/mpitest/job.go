package mpitest

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// Job is a command at work. Its test waits for it; one that does not is ended
// with the test.
type Job struct {
	t       testing.TB
	c       Command
	cmd     *exec.Cmd
	mark    string // an environment variable that all its processes have
	folders []string
	unlock  func()
	out     *stream
	err     *stream
	begin   time.Time
	limit   time.Duration
	timer   *time.Timer
	once    sync.Once
	result  *Result

	mu      sync.Mutex
	expired bool
	stuck   string // what the processes were at when the limit passed
}

const (
	defaultLimit  = 2 * time.Minute
	defaultLinger = 10 * time.Second
	lastMoment    = 5 * time.Second        // before the test's own deadline
	dumpWait      = 5 * time.Second        // for stacks to be written
	passWait      = 500 * time.Millisecond // for them to be passed on
)

// slowVariable says how many times longer jobs may take than usual: for builds
// with the race detector or the address sanitizer, and for busy machines.
const slowVariable = "MPICLUS_TEST_SLOW"

// Slowness returns that number, 1 or more, as a factor of durations.
func Slowness() time.Duration {
	n, _ := strconv.Atoi(os.Getenv(slowVariable)) // 0 when it is not set
	return time.Duration(max(n, 1))
}

// Processes lists the living processes of the job, wherever they moved to:
// all have the job's mark in their environment. Where there is no /proc it
// knows of none.
func (j *Job) Processes() (found []Process) {
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		environ, err := os.ReadFile(filepath.Join(dir, "environ"))
		if err != nil || !bytes.Contains(environ, []byte(j.mark)) {
			continue
		}
		stat, err := os.ReadFile(filepath.Join(dir, "stat"))
		if err != nil {
			continue
		}
		// "pid (any name) state ppid …", see proc(5).
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if fields[0] == "Z" || fields[0] == "X" {
			continue
		}
		words, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		p := Process{Args: strings.Split(strings.TrimRight(string(words), "\x00"), "\x00")}
		p.Pid, _ = strconv.Atoi(filepath.Base(dir))
		p.Parent, _ = strconv.Atoi(fields[1])
		found = append(found, p)
	}
	return found
}

// expire ends a job whose limit has passed. First the processes at the ends
// of the tree tell their stacks, while those that pass output on still live.
func (j *Job) expire() {
	processes := j.Processes()
	j.mu.Lock()
	j.expired = true
	j.stuck = list(processes)
	j.mu.Unlock()
	isParent := func(p Process) bool {
		return slices.ContainsFunc(processes, func(c Process) bool { return c.Parent == p.Pid })
	}
	for _, parents := range []bool{false, true} {
		var told []int
		for _, p := range processes {
			if isParent(p) == parents && !On().Launches(p) {
				_ = syscall.Kill(p.Pid, syscall.SIGABRT)
				told = append(told, p.Pid)
			}
		}
		j.awaitEnd(told, dumpWait)
		time.Sleep(passWait)
	}
	j.killAll()
}

// awaitEnd returns when processes of the job are gone, or after a limit.
func (j *Job) awaitEnd(pids []int, limit time.Duration) {
	lives := func(p Process) bool { return slices.Contains(pids, p.Pid) }
	for end := time.Now().Add(limit); time.Now().Before(end) && slices.ContainsFunc(j.Processes(), lives); {
		time.Sleep(10 * time.Millisecond)
	}
}

// killAll kills what is left, the command first: it may start others.
func (j *Job) killAll() {
	for range 500 {
		left := j.Processes()
		if len(left) == 0 {
			return
		}
		for _, p := range left {
			_ = syscall.Kill(p.Pid, syscall.SIGKILL)
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// Pid is the process id of the command.
func (j *Job) Pid() int { return j.cmd.Process.Pid }

// Await returns when the job has printed text (to standard output or
// standard error); the test fails when it ends without.
func (j *Job) Await(text string) {
	j.t.Helper()
	for {
		changedOut, changedErr := j.out.changed(), j.err.changed()
		if strings.Contains(j.out.String(), text) || strings.Contains(j.err.String(), text) {
			return
		}
		if j.out.ended() && j.err.ended() {
			j.t.Fatalf("the job ended without printing %q\n%s", text, j.Wait())
		}
		select {
		case <-changedOut:
		case <-changedErr:
		}
	}
}

// Wait returns when the command and all that it started are gone. The test
// fails when that takes longer than the limit or when something is left.
func (j *Job) Wait() *Result {
	j.t.Helper()
	r, problem := j.end()
	if problem != "" {
		j.t.Fatalf("%s\n%s", problem, r)
	}
	return r
}

// Kill sends a signal to a process of the job.
func (j *Job) Kill(pid int, sig syscall.Signal) {
	j.t.Helper()
	if err := syscall.Kill(pid, sig); err != nil {
		j.t.Fatalf("kill -%v %d: %v", sig, pid, err)
	}
}

// end waits for the end, and tells what went wrong, once.
func (j *Job) end() (r *Result, problem string) {
	j.once.Do(func() {
		if j.t.Failed() { // nobody waits for its result any more
			j.killAll()
		}
		_ = j.cmd.Wait() // its status is in ProcessState
		left := j.outlive()
		j.timer.Stop()
		j.result = &Result{Took: time.Since(j.begin), args: j.c.Args, Status: status(j.cmd.ProcessState)}
		j.killAll()
		j.out.wait()
		j.err.wait()
		j.result.Stdout, j.result.Stderr = j.out.String(), j.err.String()
		problem = j.problem(left)
		j.unlock()
	})
	return j.result, problem
}

// outlive waits until nothing of the job is left, and gives what outlives it
// for too long.
func (j *Job) outlive() (left []Process) {
	end := time.Now().Add(j.c.Linger)
	empty := 0 // looks that found none: a process in the midst of an exec is not seen
	for pause := time.Millisecond; ; pause = min(2*pause, 20*time.Millisecond) {
		if left = j.Processes(); len(left) > 0 {
			empty = 0
		} else if empty++; empty == 3 {
			return nil
		}
		if len(left) > 0 && time.Now().After(end) {
			return left
		}
		time.Sleep(pause) // no event tells the end of processes that are not our children
	}
}

// problem says what is wrong with the end of a job, and removes its folders.
func (j *Job) problem(left []Process) (text string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.expired {
		text += fmt.Sprintf("killed after its limit of %v\n%s", j.limit, j.stuck)
	} else if len(left) > 0 {
		text += fmt.Sprintf("these processes outlived it by %v:\n%s", j.c.Linger, list(left))
	}
	for _, folder := range j.folders {
		if !j.c.Untidy && !j.expired {
			text += leftIn(folder)
		}
		_ = os.RemoveAll(folder)
	}
	return text
}

// leftIn names the files that a job left in its folder.
func leftIn(folder string) (text string) {
	_ = filepath.WalkDir(folder, func(path string, entry os.DirEntry, err error) error {
		if err == nil && path != folder {
			text += fmt.Sprintf("left behind: %s (%v)\n", path, entry.Type())
		}
		return nil
	})
	return text
}

func status(state *os.ProcessState) int {
	if wait, ok := state.Sys().(syscall.WaitStatus); ok && wait.Signaled() {
		return 128 + int(wait.Signal())
	}
	return state.ExitCode()
}
