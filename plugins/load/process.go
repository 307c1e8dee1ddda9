package load

import (
	"context"
	"fmt"
	"io"
	"os"
	"sync"
	"sync/atomic"
	"time"

	"github.com/hashicorp/go-plugin"

	"github.com/mpiclus/mpiclus-lua/plugins/internal/shm"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// process is one run of a plugin, from its start to its end.
type process struct {
	loader *Loader
	path   string
	pin    string // see Plugin
	client *plugin.Client
	runner *executableRunner
	host   *shm.Memory // pieces for arguments
	own    *shm.Memory // pieces of the plugin
	rpc    wire.PluginClient
	about  *wire.Description
	comms  *communicators
	tail   *tail
	born   time.Time

	pumps    []*pump // of what it writes
	lifeline *os.File
	folder   *socketFolder
	stream   chan wire.Plugin_CombineClient
	killed   atomic.Bool
	endOnce  sync.Once
}

func (p *process) writer(to io.Writer) *lineWriter {
	return &lineWriter{tag: p.tag, to: to, tail: p.tail}
}

// settle passes on what the plugin has written until now.
func (p *process) settle() {
	for _, pump := range p.pumps {
		pump.settle()
	}
}

// withoutDeadline returns a context for gRPC that ends with ctx. gRPC would tell a
// deadline to the plugin, whose side may find before this one that it has passed:
// its answer looks like a failure of the plugin.
func withoutDeadline(ctx context.Context) (context.Context, context.CancelFunc) {
	stream, cancel := context.WithCancelCause(context.WithoutCancel(ctx))
	stop := context.AfterFunc(ctx, func() { cancel(context.Cause(ctx)) })
	return stream, func() { stop(); cancel(nil) }
}

// alive tells whether the process runs and is of use.
func (p *process) alive() bool {
	if p.killed.Load() {
		return false
	}
	select {
	case <-p.runner.exited:
		return false
	default:
		return true
	}
}

// kill ends the process at once. end must follow.
func (p *process) kill() {
	p.killed.Store(true)
	_ = p.runner.Kill(context.Background())
}

// end ends the process, politely if it runs, and frees all that is its. It
// may be called more than once, and returns when all is done.
func (p *process) end() {
	p.endOnce.Do(func() {
		if p.comms != nil {
			p.comms.stop()
		}
		if p.client != nil {
			p.client.Kill()
		} else if p.runner != nil {
			p.runner.discard()
		}
		if p.lifeline != nil {
			p.lifeline.Close()
		}
		for _, pump := range p.pumps {
			pump.stop()
		}
		if p.folder != nil {
			p.folder.remove()
		}
		for _, m := range []*shm.Memory{p.host, p.own} {
			if m != nil {
				m.Close()
			}
		}
	})
}

// name is how the plugin calls itself, before it has said so the name of its
// file.
func (p *process) name() string {
	if p.about != nil {
		return p.about.GetName()
	}
	return nameOf(p.path)
}

// tag stands before each line that the plugin writes.
func (p *process) tag() string {
	if p.loader.cfg.Rank == NoRank {
		return nameOf(p.path)
	}
	return fmt.Sprintf("rank %d, %s", p.loader.cfg.Rank, nameOf(p.path))
}
