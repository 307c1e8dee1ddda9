package launch

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strconv"
	"syscall"
	"time"
)

// Times of a sweep: what the job started may still be ending, and make folders
// anew.
const (
	launcherLimit = 30 * time.Second // of a launcher whose ranks have ended
	sweepLimit    = 3 * time.Second
	sweepCalm     = 300 * time.Millisecond
	sweepPause    = 10 * time.Millisecond
)

// sayLimit bounds the time in which a Lone's words are written.
const sayLimit = time.Second

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
