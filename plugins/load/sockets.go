package load

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"time"
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
	staleAge     = time.Minute
)

var sweepOnce sync.Once

func newSocketFolder() (*socketFolder, error) {
	base := os.TempDir()
	if len(base) > longestTemp {
		base = "/tmp"
	}
	sweepOnce.Do(func() { sweep(base) })
	path, err := os.MkdirTemp(base, fmt.Sprintf("%s%d-", folderPrefix, os.Getpid()))
	if err != nil {
		return nil, err
	}
	return &socketFolder{path: path}, nil
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
