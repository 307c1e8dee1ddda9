package worker

import (
	"context"
	"crypto/rand"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"sync/atomic"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// dialTimeout bounds the way to the master, over all its addresses.
const dialTimeout = 20 * time.Second

// Supervise is the life of the process that the launcher starts: it tells the
// master that somebody is here, runs the MPI process as its child, passes on
// what that writes, and reports how it ended. It ends its child when the master
// is gone. The result is the exit status.
func Supervise(ctx context.Context, version string, log *slog.Logger) int {
	s, err := newSupervisor(version, log)
	if err != nil {
		fmt.Fprintln(os.Stderr, "mpiclus-lua worker:", err)
		return 1
	}
	defer s.link.Close()
	runtime.GOMAXPROCS(1) // it passes bytes on, one at a time
	// PDEATHSIG belongs to the thread that forks: it must live on.
	runtime.LockOSThread()
	if launch.DieWithParent(syscall.SIGTERM) != nil { // the launcher went before
		sweep(s.join, s.settings)
		return 1
	}
	signals := make(chan os.Signal, 1)
	signal.Notify(signals, syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT)
	go s.listen()
	if err := s.start(); err != nil {
		_ = protocol.Send(s.link, protocol.FrameFailed, err.Error())
		s.awaitFarewell(signals)
		s.removeFolder()
		return 1
	}
	return s.run(ctx, signals)
}

type supervisor struct {
	log      *slog.Logger
	join     link.Join
	settings protocol.Settings
	token    string
	link     link.Link
	gone     chan struct{} // closed when the master's link broke or it said kill
	orphan   atomic.Bool   // before that: it broke
	told     bool          // to end, by a signal
	parent   int           // the launcher's process that started this one
	child    *exec.Cmd
	capture  *capture
}

func newSupervisor(version string, log *slog.Logger) (*supervisor, error) {
	join, settings, err := takeEnvironment()
	if err != nil {
		return nil, err
	}
	s := &supervisor{log: log, join: join, settings: settings, token: newToken(), parent: os.Getppid(), gone: make(chan struct{})}
	ctx, cancel := context.WithTimeout(context.Background(), dialTimeout)
	defer cancel()
	s.link, err = link.Dial(ctx, join, link.Hello{
		Version: version, Role: protocol.RoleSupervisor, Data: protocol.Encode(presence(s.token)),
	})
	if err != nil {
		sweep(s.join, s.settings)
		return nil, fmt.Errorf("cannot reach the master: %w", err)
	}
	return s, nil
}

// takeEnvironment reads what the master left in the environment, and takes
// the secret out of it.
func takeEnvironment() (link.Join, protocol.Settings, error) {
	var settings protocol.Settings
	text := os.Getenv(protocol.EnvJoin)
	if text == "" {
		return link.Join{}, settings, errors.New("this command is started by 'mpiclus-lua run', not by hand (MPICLUS_JOIN is not set; a launcher that passes no environment needs it by name: with Open MPI -x MPICLUS_JOIN -x MPICLUS_SETTINGS)")
	}
	text, err := protocol.TakeOver(text)
	if err != nil {
		return link.Join{}, settings, err
	}
	join, err := link.ParseJoin(text)
	if err != nil {
		return link.Join{}, settings, fmt.Errorf("MPICLUS_JOIN: %w", err)
	}
	if err := json.Unmarshal([]byte(os.Getenv(protocol.EnvSettings)), &settings); err != nil {
		return link.Join{}, settings, fmt.Errorf("MPICLUS_SETTINGS: %w", err)
	}
	os.Unsetenv(protocol.EnvJoin)
	os.Unsetenv(protocol.EnvSettings)
	return join, settings, nil
}

func newToken() string {
	var b [8]byte
	_, _ = rand.Read(b[:]) // never fails
	return hex.EncodeToString(b[:])
}

func presence(token string) protocol.Presence {
	host, _ := os.Hostname()
	rank, size := launch.RankFromEnvironment()
	return protocol.Presence{Supervisor: token, Host: host, OSPid: os.Getpid(), Rank: rank, Size: size}
}

// start starts the MPI process: the executable beside this one that is linked
// with the MPI library of the launcher.
func (s *supervisor) start() error {
	self, err := os.Executable()
	if err != nil {
		return err
	}
	exe, err := launch.Linked(self, os.Environ())
	if err != nil {
		return err
	}
	s.child = exec.Command(exe, "worker")
	s.child.Env = append(os.Environ(),
		protocol.EnvJoin+"="+s.join.String(),
		protocol.EnvSupervisor+"="+s.token,
		protocol.EnvSettings+"="+encodeSettings(s.settings))
	s.child.Env = append(s.child.Env, launch.SingletonSettings(os.Environ(), s.settings.Folder)...)
	if os.Getenv(launch.EnvProcessors) == "" {
		s.child.Env = append(s.child.Env, fmt.Sprintf("%s=%d", launch.EnvProcessors, launch.Processors()))
	}
	s.child.SysProcAttr = &syscall.SysProcAttr{Setpgid: true, Pdeathsig: syscall.SIGKILL}
	if s.capture, err = newCapture(s.child, s.link, s.settings.Capture); err != nil {
		return err
	}
	if err := s.child.Start(); err != nil {
		return fmt.Errorf("cannot start %s: %w", exe, err)
	}
	s.capture.started()
	return nil
}

func encodeSettings(s protocol.Settings) string {
	b, err := json.Marshal(s)
	if err != nil {
		panic("worker: " + err.Error())
	}
	return string(b)
}

// listen waits for the master's word. Its silence means nothing, its end
// means the end.
func (s *supervisor) listen() {
	defer close(s.gone)
	for {
		f, err := s.link.Receive()
		if err != nil {
			s.orphan.Store(true)
			return
		}
		if f.Kind == protocol.FrameKill {
			return
		}
	}
}

func (s *supervisor) run(ctx context.Context, signals <-chan os.Signal) int {
	ended := make(chan error, 1)
	go func() { ended <- s.child.Wait() }()
	byItself := false
	select {
	case <-ended:
		byItself = true
	case <-s.gone:
	case <-signals:
		s.told = true
		s.awaitOrphan()
	case <-ctx.Done():
	}
	if !byItself {
		s.kill()
		<-ended
	}
	s.capture.finish()
	exit := exitOf(s.child.ProcessState)
	exit.Call = s.capture.tap.counts.lastWord()
	exit.Told, exit.Orphan = s.told, os.Getppid() != s.parent
	_ = protocol.Send(s.link, protocol.FrameExit, exit)
	if byItself && (exit.Code != 0 || exit.Call != "") {
		s.awaitFarewell(signals)
	}
	s.removeFolder()
	// A worker that died has been reported. A status of its own would make
	// launchers end the survivors before the master has decided.
	return 0
}

// awaitOrphan gives what ended this process a moment to be seen: a launcher
// ends when its master does, which breaks the link; and otherwise, one that was
// killed is this process's parent until the last of its threads is gone.
func (s *supervisor) awaitOrphan() {
	select {
	case <-s.gone:
	case <-time.After(sweepPause):
	}
}

// awaitFarewell keeps this process, and with it the launcher's view of the
// rank, alive until the master has decided what to do about a dead worker.
func (s *supervisor) awaitFarewell(signals <-chan os.Signal) {
	select {
	case <-s.gone:
	case <-signals:
		s.told = true
	}
}

// kill ends the worker with all that it started.
func (s *supervisor) kill() {
	_ = syscall.Kill(-s.child.Process.Pid, syscall.SIGKILL)
}

// How long a supervisor without a master tries to clean up: others do so at
// the same time, and the launcher may still be busy in the folder. One that a
// signal ended may hear later that there is no master.
const (
	sweepTime  = 500 * time.Millisecond
	sweepPause = 10 * time.Millisecond
	doubtTime  = 150 * time.Millisecond
)

// removeFolder takes away the job's folder when the master, whose duty that
// is, was killed.
func (s *supervisor) removeFolder() {
	if host, _ := os.Hostname(); host != s.join.Host {
		return
	}
	for begin := time.Now(); s.abandoned(time.Since(begin)); time.Sleep(sweepPause) {
		launch.RemoveAbandoned(s.settings.Folder) // not of a master that lives
		if _, err := os.Lstat(s.settings.Folder); errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}

// sweep is removeFolder for a supervisor that had no link to the master: that
// was killed before.
func sweep(join link.Join, settings protocol.Settings) {
	if host, _ := os.Hostname(); host != join.Host {
		return
	}
	for begin := time.Now(); time.Since(begin) < sweepTime; time.Sleep(sweepPause) {
		launch.RemoveAbandoned(settings.Folder)
		if _, err := os.Lstat(settings.Folder); errors.Is(err, fs.ErrNotExist) {
			return
		}
	}
}

// abandoned reports whether the master may be gone, and it is not too late to
// clean up.
func (s *supervisor) abandoned(passed time.Duration) bool {
	select {
	case <-s.gone: // the link, or the master said that this is the end
		return s.orphan.Load() && passed < sweepTime
	default:
		return s.told && passed < doubtTime
	}
}

func exitOf(state *os.ProcessState) protocol.Exit {
	if status, ok := state.Sys().(syscall.WaitStatus); ok && status.Signaled() {
		return protocol.Exit{Code: 128 + int(status.Signal()), Signal: status.Signal().String()}
	}
	return protocol.Exit{Code: state.ExitCode()}
}
