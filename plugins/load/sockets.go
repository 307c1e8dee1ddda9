package load

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// socketFolder is where host and plugin meet: a folder of sockets that is
// gone again once both are connected.
type socketFolder struct {
	path string
	once sync.Once
}

const (
	folderPrefix = "mpiclus-plugin-"
	longestTemp  = 40 // so that the names of sockets stay under the system's 108
	longestJob   = 54 // the same, of a job's folder: what is in it has shorter names
	staleAge     = time.Minute
)

var sweepOnce sync.Once

// newSocketFolder makes the folder: in that of the job where there is one, which
// goes with the job whatever ends this process. What is to be run from it
// (exec) needs another file system than one in memory may be.
func newSocketFolder(exec bool) (*socketFolder, error) {
	var failed []error
	if job := os.Getenv(protocol.EnvFolder); job != "" && !exec && len(job) <= longestJob {
		if path, err := os.MkdirTemp(job, fmt.Sprintf("p%d-", os.Getpid())); err == nil {
			return &socketFolder{path: path}, nil
		}
	}
	for _, base := range []string{os.TempDir(), os.Getenv("XDG_RUNTIME_DIR"), "/tmp"} {
		if base == "" || len(base) > longestTemp {
			continue
		}
		sweepOnce.Do(func() { sweep(base) })
		path, err := os.MkdirTemp(base, fmt.Sprintf("%s%d-", folderPrefix, os.Getpid())) // mode 0700
		if err == nil {
			return &socketFolder{path: path}, nil
		}
		failed = append(failed, err)
	}
	return nil, fmt.Errorf("no folder for a unix socket (set TMPDIR to a short path that you can write to): %w", errors.Join(failed...))
}

func (f *socketFolder) remove() { f.once.Do(func() { _ = os.RemoveAll(f.path) }) }

// sweep removes folders of processes that were killed while a plugin started.
func sweep(base string) {
	stale, _ := filepath.Glob(filepath.Join(base, folderPrefix+"*"))
	for _, path := range stale {
		text, _, _ := strings.Cut(strings.TrimPrefix(filepath.Base(path), folderPrefix), "-")
		pid, err := strconv.Atoi(text)
		info, statErr := os.Stat(path)
		if err != nil || statErr != nil || time.Since(info.ModTime()) < staleAge {
			continue
		}
		if syscall.Kill(pid, 0) == syscall.ESRCH {
			_ = os.RemoveAll(path)
		}
	}
}
