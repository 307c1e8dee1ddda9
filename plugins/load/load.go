// Package load is the host's side of plugins: it finds them, checks what they
// are, runs each as a process of its own and calls what they add. It needs
// neither cgo nor MPI; where a function communicates the caller gives a
// plugins.Comm.
//
//	l := load.New(load.Config{Folders: []string{"bin/plugins"}, Rank: load.NoRank})
//	defer l.Close()
//	p, err := l.Load(ctx, "stats", "")
//	err = p.Combine(ctx, "logsumexp", plugins.Float64, in, inout)
//
// Errors are *luaerr.Error of kind Plugin and name the plugin.
package load

import (
	"context"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"sync"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Environment variables that say where plugins are; lists are separated as in
// PATH.
const (
	EnvPlugins = "MPICLUS_PLUGIN"      // plugins and folders of them, what --plugin gives
	EnvPath    = "MPICLUS_PLUGIN_PATH" // folders
	EnvLock    = "MPICLUS_PLUGIN_LOCK" // a lock file that all plugins must be in
)

// NoRank is the rank of a process outside MPI.
const NoRank = -1

// Config says where plugins are and who loads them. The zero value finds
// plugins by path only.
type Config struct {
	Files   []string // executables, or folders of them; first in the search
	Folders []string // searched in order
	Lock    string   // lock file that every plugin must be in; "": only one beside the plugin counts
	Version string   // of this software
	Rank    int      // in the MPI job; NoRank outside

	Stdout, Stderr io.Writer // what plugins write, each line tagged; default the process's own
	StartTimeout   time.Duration
	Log            *slog.Logger
}

const startTimeout = 15 * time.Second

// FromEnvironment completes a configuration with what the environment and the
// place of this executable say.
func (c Config) FromEnvironment() Config {
	split := func(name string) []string { // an empty element is none: not the current folder
		return slices.DeleteFunc(filepath.SplitList(os.Getenv(name)), func(s string) bool { return s == "" })
	}
	c.Files = append(c.Files, split(EnvPlugins)...)
	c.Folders = append(c.Folders, split(EnvPath)...)
	if exe, err := os.Executable(); err == nil {
		if real, err := filepath.EvalSymlinks(exe); err == nil {
			exe = real
		}
		c.Folders = append(c.Folders, filepath.Join(filepath.Dir(exe), "plugins"))
	}
	if dir, err := os.UserConfigDir(); err == nil {
		c.Folders = append(c.Folders, filepath.Join(dir, "mpiclus-lua", "plugins"))
	}
	if c.Lock == "" {
		c.Lock = os.Getenv(EnvLock)
	}
	return c
}

// Loader has the plugins of a process. Its methods may be called from any
// goroutine. Close ends it.
type Loader struct {
	cfg     Config
	starter *starter

	mu      sync.Mutex
	plugins map[string]*loading // by path
	closed  bool
}

// loading is a plugin that is loaded, or is being loaded by the first who
// asked for it.
type loading struct {
	done chan struct{}
	p    *Plugin
	err  error
}

// New makes a loader. Nothing runs before the first Load.
func New(cfg Config) *Loader {
	if cfg.Stdout == nil {
		cfg.Stdout = os.Stdout
	}
	if cfg.Stderr == nil {
		cfg.Stderr = os.Stderr
	}
	if cfg.StartTimeout == 0 {
		cfg.StartTimeout = startTimeout
	}
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	return &Loader{cfg: cfg, starter: newStarter(), plugins: map[string]*loading{}}
}

// Load finds a plugin by its name or path, checks its file against checksum
// ("sha256:…", or "" for none) and the lock files, starts it and asks what it
// is. A file that others could have written is refused unless a checksum or the
// lock file of the configuration names its content. A plugin that is loaded already is given again. It ends early when ctx
// does.
func (l *Loader) Load(ctx context.Context, name, checksum string) (*Plugin, error) {
	found, err := l.Find(name)
	if err != nil {
		return nil, err
	}
	pin, err := l.verify(found.Path, checksum)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return nil, luaerr.New(luaerr.Plugin, "plugin %s: this process is ending", name)
	}
	work := l.plugins[found.Path]
	mine := work == nil
	if mine {
		work = &loading{done: make(chan struct{})}
		l.plugins[found.Path] = work
	}
	l.mu.Unlock()
	if !mine {
		select {
		case <-work.done:
			return work.p, work.err
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	p := &Plugin{loader: l, path: found.Path, pin: pin, turn: make(chan struct{}, 1)}
	if _, work.err = p.running(ctx); work.err == nil {
		work.p = p
	}
	l.mu.Lock()
	if work.err != nil {
		delete(l.plugins, found.Path) // it can be tried again
	}
	closed := l.closed
	l.mu.Unlock()
	close(work.done)
	if closed {
		p.close()
	}
	return work.p, work.err
}

// Close ends all plugins. Calls that run fail.
func (l *Loader) Close() {
	l.mu.Lock()
	if l.closed {
		l.mu.Unlock()
		return
	}
	l.closed = true
	all := l.plugins
	l.mu.Unlock()
	var wait sync.WaitGroup
	for _, work := range all {
		wait.Add(1)
		go func() {
			defer wait.Done()
			<-work.done
			if work.p != nil {
				work.p.close()
			}
		}()
	}
	wait.Wait()
	l.starter.close()
}
