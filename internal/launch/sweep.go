package launch

import (
	"context"
	"errors"
	"io/fs"
	"os"
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

// Sweep removes a folder whose maker has gone, and returns when it stays
// away. A launcher that it is a record of may end, or be killed, a moment later.
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
