package launch

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"strconv"
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
// a folder: the folder follows, and what a Lone says.
const SweepCommand = "sweep"

// Lone is a process that no other of its job can see: it is alone on its
// machine.
type Lone struct {
	Launcher ProcessID // of the job, on this machine
	Words    string    // to say when the process is gone and the launcher goes on
}

// LauncherTime is how long a launcher has to end a job by itself that has lost
// a process.
const LauncherTime = time.Second

// sayLimit bounds the time in which a Lone's words are written.
const sayLimit = time.Second

// guardScript waits for a word: wordOver where nothing is left to do, wordLeft
// where the process ends in order, and the launcher may go on. Without a word
// the process was killed.
const (
	guardScript = `read -r word && { [ "$word" = over ] && exit 0; set -- "$1" "$2"; }; exec "$0" "$@"`
	wordOver    = "over\n"
	wordLeft    = "left\n"
)

// Guard has a process of its own watch that the folder goes when this process
// is killed. It watches a lone process, too: a launcher that goes on without it
// is told to end. Without a shell there is no guard: then the next job of the
// user removes the folder.
func (f *Folder) Guard(lone *Lone) {
	self, err := os.Executable()
	if err != nil {
		return
	}
	words := []string{"-c", guardScript, self, SweepCommand, f.Path}
	if lone != nil {
		words = append(words, strconv.Itoa(lone.Launcher.Pid), lone.Launcher.Start, lone.Words)
	}
	cmd := exec.Command("/bin/sh", words...)             // without this process's output, whose end Hydra's proxies wait for
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true} // signals to the job are not for it
	cmd.Dir = "/"
	in, err := cmd.StdinPipe()
	if err == nil && cmd.Start() == nil {
		f.guard = &guard{cmd, in}
	}
}

// dismiss ends the guard: there is nothing to remove any more.
func (g *guard) dismiss() {
	_, _ = io.WriteString(g.in, wordOver)
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

// Sweep does what a guard was told, when the maker of its folder was killed:
// words follow SweepCommand.
func Sweep(words []string) {
	if len(words) == 4 {
		pid, _ := strconv.Atoi(words[1])
		lone := Lone{ProcessID{pid, words[2]}, words[3]}
		lone.endLauncher()
	}
	removeFolder(words[0])
}

// endLauncher ends a launcher that has not ended by itself in its time.
func (l Lone) endLauncher() {
	time.Sleep(LauncherTime)
	if l.Launcher.Lives() {
		l.say()
		_ = syscall.Kill(l.Launcher.Pid, syscall.SIGTERM)
	}
}

// say writes the words where the launcher's errors go. It does not wait for a
// reader: the launcher must be ended even if nobody reads its errors any more.
func (l Lone) say() {
	const flags = os.O_WRONLY | os.O_APPEND | syscall.O_NOCTTY | syscall.O_NONBLOCK
	to, err := os.OpenFile(fmt.Sprintf("/proc/%d/fd/2", l.Launcher.Pid), flags, 0)
	if err != nil { // a socket, or a FIFO without a reader: neither can be opened
		return
	}
	_ = to.SetWriteDeadline(time.Now().Add(sayLimit)) // for a pipe that is full
	fmt.Fprintln(to, l.Words)
	to.Close()
}

// removeFolder removes a folder whose maker has gone, and returns when it stays
// away. A launcher that it is a record of may end, or be killed, a moment later.
func removeFolder(folder string) {
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
