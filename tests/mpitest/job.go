package mpitest

import (
	"fmt"
	"os"
	"os/exec"
	"os/signal"
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

// Start starts a command.
func Start(t testing.TB, c Command) *Job {
	t.Helper()
	j := &Job{t: t, c: c, limit: c.Limit, unlock: lock(t, c.Alone)}
	if j.limit == 0 {
		j.limit = defaultLimit
	}
	j.limit *= Slowness()
	if d, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if end, ok := d.Deadline(); ok {
			j.limit = min(j.limit, max(time.Until(end)-lastMoment, time.Second))
		}
	}
	if c.Linger == 0 {
		j.c.Linger = defaultLinger
	}
	j.cmd = exec.Command(c.Args[0], c.Args[1:]...)
	j.cmd.Dir = c.Dir
	j.cmd.Env = j.environment()
	j.cmd.SysProcAttr = attributes()
	if c.Stdin != "" {
		j.cmd.Stdin = strings.NewReader(c.Stdin)
	}
	j.out, j.err = newStream(t, c.Keep), newStream(t, c.Keep)
	j.cmd.Stdout, j.cmd.Stderr = j.out.in, j.err.in
	usualSignals()
	j.begin = time.Now()
	err := j.cmd.Start()
	j.out.start()
	j.err.start()
	if err != nil {
		j.unlock()
		t.Fatalf("%q: %v", c.Args, err)
	}
	j.timer = time.AfterFunc(j.limit, j.expire)
	t.Cleanup(func() {
		if r, problem := j.end(); problem != "" && !t.Failed() {
			t.Errorf("%s\n%s", problem, r)
		}
	})
	return j
}

// usualSignals lets jobs begin with what signals do by default, also where the
// tests were started in the background, or by nohup: what this program handles
// is not inherited, what it ignores is.
var usualSignals = sync.OnceFunc(func() {
	for _, s := range []os.Signal{syscall.SIGINT, syscall.SIGHUP, syscall.SIGQUIT, syscall.SIGTERM, syscall.SIGPIPE} {
		if signal.Ignored(s) {
			signal.Notify(make(chan os.Signal, 1), s)
		}
	}
})

// environment gives the job a mark of its own, and folders of its own for
// sockets and shared memory, so that what is left can be told.
func (j *Job) environment() []string {
	files := j.folder(os.TempDir())
	memory := files
	if info, err := os.Stat("/dev/shm"); err == nil && info.IsDir() {
		memory = j.folder("/dev/shm")
	}
	j.mark = "MPITEST_JOB=" + filepath.Base(memory)
	env := append(os.Environ(), j.mark, "TMPDIR="+files, "MPICLUS_TMPDIR="+memory)
	if !ours(j.c.Args) {
		for _, part := range []string{"btl_vader", "btl_sm", "osc_sm", "osc_rdma"} {
			env = append(env, "OMPI_MCA_"+part+"_backing_directory="+memory)
		}
	}
	if !j.c.Bare {
		env = append(env, "GOTRACEBACK=all")
	}
	return append(env, j.c.Env...)
}

// ours tells whether a job is started by a program of this project, which
// sees to the files of its MPI library.
func ours(args []string) bool {
	return filepath.Base(args[0]) != "mpirun" && slices.ContainsFunc(args, func(word string) bool {
		return strings.HasPrefix(filepath.Base(word), "mpiclus-lua")
	})
}

// folder makes a folder with a short name: sockets allow about 100 bytes.
func (j *Job) folder(where string) string {
	name, err := os.MkdirTemp(where, "mpitest-")
	if err != nil {
		j.t.Fatal(err)
	}
	j.folders = append(j.folders, name)
	return name
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
