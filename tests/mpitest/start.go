package mpitest

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

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
