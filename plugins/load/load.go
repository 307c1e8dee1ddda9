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
	"log/slog"
	"os"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

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
