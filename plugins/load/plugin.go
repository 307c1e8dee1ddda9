package load

import (
	"context"
	"sync"
	"time"

	"google.golang.org/protobuf/proto"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// Plugin is a plugin that was loaded. Its process is started again when a
// call finds that it has ended. Its methods may be called from any goroutine.
type Plugin struct {
	loader *Loader
	path   string
	pin    string // the checksum of a file that others may write to; "" when it is trusted

	turn chan struct{} // a token: who starts the process

	mu      sync.Mutex
	current *process
	about   *wire.Description
	crashes int
	closed  bool
}

// Back-off of a plugin that keeps crashing: the first new start is at once,
// the next ones wait twice as long each.
const (
	firstPause = 100 * time.Millisecond
	lastPause  = 5 * time.Second
	goodLife   = 30 * time.Second // after which crashes are forgotten
)

// About returns what the plugin says of itself.
func (p *Plugin) About() *wire.Description {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.about
}

// Path returns the plugin's executable.
func (p *Plugin) Path() string { return p.path }

// Op returns the description of an op, nil if there is none of that name.
func (p *Plugin) Op(name string) *wire.Op {
	for _, op := range p.About().GetOps() {
		if op.GetName() == name {
			return op
		}
	}
	return nil
}

// Pid returns the process id of the plugin, 0 when it does not run.
func (p *Plugin) Pid() int {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.current == nil || !p.current.alive() {
		return 0
	}
	return p.current.runner.cmd.Process.Pid
}

// running returns the plugin's process, and starts it if it does not run.
func (p *Plugin) running(ctx context.Context) (*process, error) {
	if run, _, err := p.look(); run != nil || err != nil {
		return run, err
	}
	select {
	case p.turn <- struct{}{}:
	case <-ctx.Done():
		return nil, context.Cause(ctx)
	}
	defer func() { <-p.turn }()
	run, pause, err := p.look() // another may have started it meanwhile
	if run != nil || err != nil {
		return run, err
	}
	if pause > 0 {
		timer := time.NewTimer(pause)
		defer timer.Stop()
		select {
		case <-timer.C:
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		}
	}
	run, err = p.loader.start(ctx, p.path, p.pin)
	if err != nil {
		return nil, err
	}
	return p.adopt(run)
}

// look returns the process if it runs; otherwise how long to wait before it is
// started.
func (p *Plugin) look() (*process, time.Duration, error) {
	p.mu.Lock()
	run := p.current
	if p.closed {
		p.mu.Unlock()
		return nil, 0, luaerr.New(luaerr.Plugin, "plugin %s: this process is ending", nameOf(p.path))
	}
	if run != nil && run.alive() {
		p.mu.Unlock()
		return run, 0, nil
	}
	if run != nil {
		p.current = nil
		if time.Since(run.born) > goodLife {
			p.crashes = 0
		}
		p.crashes++
	}
	crashes := p.crashes
	p.mu.Unlock()
	if run != nil {
		run.end()
		p.loader.cfg.Log.Warn("plugin ended, starting it again", "plugin", nameOf(p.path), "end", run.runner.end(), "times", crashes)
	}
	if crashes < 2 {
		return nil, 0, nil
	}
	return nil, min(firstPause<<min(crashes-2, 10), lastPause), nil
}

func (p *Plugin) adopt(run *process) (*process, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	switch {
	case p.closed:
		defer run.end()
		return nil, luaerr.New(luaerr.Plugin, "plugin %s: this process is ending", nameOf(p.path))
	case p.about == nil:
		p.about = run.about
	case !proto.Equal(p.about, run.about):
		defer run.end()
		return nil, luaerr.New(luaerr.Plugin, "plugin %s was started again and is another one now (version %s, before %s): its file has changed",
			p.about.GetName(), run.about.GetVersion(), p.about.GetVersion())
	}
	p.current = run
	return run, nil
}

func (p *Plugin) close() {
	p.mu.Lock()
	p.closed = true
	run := p.current
	p.mu.Unlock()
	if run != nil {
		run.end()
	}
}

// Combine sets inout to in op inout, element by element; both are raw memory
// of elements of one type and of the same length. When ctx ends before the
// plugin is done, its process is ended too.
func (p *Plugin) Combine(ctx context.Context, op string, t plugins.Type, in, inout []byte) error {
	if len(in) == 0 && len(inout) == 0 {
		return nil
	}
	run, err := p.running(ctx)
	if err != nil {
		return err
	}
	return run.combine(ctx, op, t, in, inout)
}
