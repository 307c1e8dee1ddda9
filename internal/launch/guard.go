package launch

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"syscall"
	"time"
)

// guard is a process that removes a job's folder when the folder's maker is
// killed before anybody else is there to do it. It is a shell that waits for
// the end of its standard input, and becomes this program then.
type guard struct {
	cmd *exec.Cmd
	in  io.WriteCloser
}

// CodeCommand is the argument with which the executable that is linked with MPI
// runs a script whose text is the next one; after that come its name and its
// arguments.
const CodeCommand = "run-code"

// SweepCommand is the argument with which this software's executables remove
// a folder: the folder follows.
const SweepCommand = "sweep"

// Guard has a process of its own watch that the folder goes when this process
// is killed. Without a shell there is none: then the next job of the user
// removes the folder.
func (f *Folder) Guard() {
	self, err := os.Executable()
	if err != nil {
		return
	}
	cmd := exec.Command("/bin/sh", "-c", `read -r over && exit 0; exec "$0" "$@"`, self, SweepCommand, f.Path)
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // signals to the job are not for it
	cmd.Dir = "/"
	in, err := cmd.StdinPipe()
	if err == nil && cmd.Start() == nil {
		f.guard = &guard{cmd, in}
	}
}

// dismiss ends the guard: there is nothing to remove any more.
func (g *guard) dismiss() {
	_, _ = io.WriteString(g.in, "over\n")
	_ = g.in.Close()
	_ = g.cmd.Wait()
}

// Times of a sweep: what the job started may still be ending, and make folders
// anew.
const (
	launcherLimit = 30 * time.Second // of a launcher whose ranks have ended
	sweepLimit    = 3 * time.Second
	sweepCalm     = 300 * time.Millisecond
	sweepPause    = 10 * time.Millisecond
)

// Sweep removes a folder whose maker has gone, and returns when it stays away.
// A launcher that it is a record of may end, or be killed, a moment later.
func Sweep(folder string) {
	if owner, ok := readOwner(folder); ok && owner.launcherLives() {
		ctx, cancel := context.WithTimeout(context.Background(), launcherLimit)
		_ = (Neighbour{Pid: owner.Launcher.Pid}).AwaitEnd(ctx)
		cancel()
	}
	calm := time.Now()
	for begin := calm; time.Since(begin) < sweepLimit && time.Since(calm) < sweepCalm; time.Sleep(sweepPause) {
		if _, err := os.Lstat(folder); !errors.Is(err, fs.ErrNotExist) {
			calm = time.Now()
			RemoveAbandoned(folder)
		}
	}
}
