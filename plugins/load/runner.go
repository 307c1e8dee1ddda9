package load

import (
	"context"
	"errors"
	"io"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-plugin/runner"
)

// executableRunner starts a plugin for go-plugin, which would give it our
// standard input and leave it running when we are killed.
type executableRunner struct {
	starter *starter
	cmd     *exec.Cmd
	first   *firstLine // of standard output
	stdout  *os.File
	stderr  *os.File // for who wants to read it, and to close
	exited  chan struct{}
	started atomic.Bool
	err     error // of the end, set before exited is closed
}

var _ runner.Runner = (*executableRunner)(nil)

// drainTime is how long the pipes of a plugin are read after its end: a
// process that it left behind may hold them open.
const drainTime = 300 * time.Millisecond

// newRunner makes the runner of a plugin. env is what go-plugin wants in the
// environment, files are the descriptors from 3 on.
func newRunner(s *starter, path string, env []string, files []*os.File) (*executableRunner, error) {
	r := &executableRunner{starter: s, exited: make(chan struct{})}
	r.cmd = exec.Command(path)
	r.cmd.Env = append(cleanEnvironment(os.Environ()), env...)
	r.cmd.ExtraFiles = files
	r.cmd.SysProcAttr = processAttributes()
	var outWrite, errWrite *os.File
	var err error
	if r.stdout, outWrite, err = os.Pipe(); err != nil {
		return nil, err
	}
	if r.stderr, errWrite, err = os.Pipe(); err != nil {
		r.stdout.Close()
		outWrite.Close()
		return nil, err
	}
	r.cmd.Stdout, r.cmd.Stderr = outWrite, errWrite
	r.first = &firstLine{r: r.stdout}
	return r, nil
}

// Start starts the process with no input: its standard input is /dev/null.
func (r *executableRunner) Start(context.Context) error {
	err := r.starter.start(r.cmd)
	r.cmd.Stdout.(*os.File).Close()
	r.cmd.Stderr.(*os.File).Close()
	if err != nil {
		r.stdout.Close()
		r.err = err
		close(r.exited)
		return err
	}
	r.started.Store(true)
	go func() {
		r.err = r.cmd.Wait()
		close(r.exited)
		time.AfterFunc(drainTime, func() { r.stdout.Close() })
	}()
	return nil
}

func (r *executableRunner) Wait(context.Context) error {
	<-r.exited
	return r.err
}

func (r *executableRunner) Kill(context.Context) error {
	if !r.started.Load() {
		return nil
	}
	if err := r.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) {
		return err
	}
	return nil
}

func (r *executableRunner) Stdout() io.ReadCloser           { return r.first }
func (r *executableRunner) Stderr() io.ReadCloser           { return untilExit{r.exited} }
func (r *executableRunner) Name() string                    { return r.cmd.Path }
func (r *executableRunner) Diagnose(context.Context) string { return "" }

func (r *executableRunner) ID() string {
	if !r.started.Load() {
		return ""
	}
	return strconv.Itoa(r.cmd.Process.Pid)
}

func (r *executableRunner) PluginToHost(net, addr string) (string, string, error) {
	return net, addr, nil
}

func (r *executableRunner) HostToPlugin(net, addr string) (string, string, error) {
	return net, addr, nil
}

// end reports how the process ended, "" while it runs.
func (r *executableRunner) end() string {
	select {
	case <-r.exited:
	default:
		return ""
	}
	if r.err == nil {
		return "exit status 0"
	}
	return r.err.Error()
}

// untilExit is standard error as go-plugin is to see it: nothing, and an end.
type untilExit struct{ exited <-chan struct{} }

func (u untilExit) Read([]byte) (int, error) {
	<-u.exited
	return 0, io.EOF
}

func (untilExit) Close() error { return nil }

// firstLine remembers the first line that passes through it: the handshake,
// or what was written in its place.
type firstLine struct {
	r    *os.File
	mu   sync.Mutex
	line []byte
	over bool
}

const longestFirst = 4096

func (f *firstLine) Read(b []byte) (int, error) {
	n, err := f.r.Read(b)
	f.mu.Lock()
	for _, c := range b[:n] {
		if f.over = f.over || c == '\n' || len(f.line) == longestFirst; f.over {
			break
		}
		f.line = append(f.line, c)
	}
	f.mu.Unlock()
	if err != nil {
		err = io.EOF // also when the pipe was closed after the end
	}
	return n, err
}

func (f *firstLine) Close() error { return f.r.Close() }

// text returns the first line, and whether there was any.
func (f *firstLine) text() (string, bool) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return strings.TrimSpace(string(f.line)), len(f.line) > 0 || f.over
}

// foreign are the beginnings of the names of variables that are not a
// plugin's business: secrets of the job, and what would make it believe that
// it is a rank of it.
var foreign = []string{
	"MPICLUS_", "PLUGIN_", "OMPI_", "OPAL_", "ORTE_", "PRTE_", "PMIX_", "PMI_", "PMI2_", "MPI_", "MPIEXEC_", "MPIR_", "MPICH_", "HYDRA_", "HYDI_",
	"I_MPI_", "UCX_", "SLURM_",
}

// cleanEnvironment leaves out what is foreign.
func cleanEnvironment(env []string) []string {
	clean := make([]string, 0, len(env))
next:
	for _, v := range env {
		for _, prefix := range foreign {
			if strings.HasPrefix(v, prefix) {
				continue next
			}
		}
		clean = append(clean, v)
	}
	return clean
}

// discard frees a runner that was never started.
func (r *executableRunner) discard() {
	if !r.started.Load() && r.err == nil {
		for _, f := range []*os.File{r.stdout, r.stderr, r.cmd.Stdout.(*os.File), r.cmd.Stderr.(*os.File)} {
			f.Close()
		}
	}
}
