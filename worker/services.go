package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// Services between host and worker, beside those that every node has.
const (
	ServiceChunk  = "chunk"  // master → worker: Chunk, the function and its arguments; answer ChunkDone
	ServiceRenew  = "renew"  // master → worker: make the script's world anew
	ServiceStand  = "stand"  // master → worker: answer Standing
	ServiceWhere  = "where"  // master → worker: answer Where
	ServiceLeave  = "leave"  // master → worker: end cleanly
	ServiceRetire = "retire" // master → worker: take no more calls; answer when idle
	ServiceModule = "module" // worker → master: a module's name; answer Module
)

// Chunk are the parameters of a chunk of mpido.
type Chunk struct {
	Seq   uint64
	Ranks []int // that run it; nil: all
	// Manager is the number of the manager whose chunk it is.
	Manager uint32
}

// ChunkDone is what a worker tells with the result or error of a chunk.
type ChunkDone struct {
	Output uint64 // bytes that the worker has written since its start
	Dirty  bool   // an MPI wait was left: the world must be renewed
}

// Where tells what a worker is at.
type Where struct {
	Calls []Pending
}

// Module is a module's file as the master has it, or why there is none.
type Module struct{ Name, Source, Missing string }

// Process is what serves chunks: MPI, an interpreter and a node, however they
// came together. A worker is one, and so is each rank of a script that runs
// under mpirun.
type Process struct {
	Session Session
	Interp  *interp.Interp
	Node    *node.Node
	// Flush brings all that the process wrote on its way to who shows it, and
	// gives the number of bytes since its start; 0 when nobody counts.
	Flush func() (uint64, error)
	// Failed, if set, is told the error of a chunk when it was sent to the master.
	// It returns at once.
	Failed func(text string)
	// Leave is called when the master says that the process is to end. It
	// returns at once.
	Leave func()
}

// Offer adds the services between host and worker to the node. It is called
// before the node has links.
func (p *Process) Offer() {
	p.Node.Offer(node.Service{Name: ServiceChunk, Start: p.startChunk})
	p.Node.Offer(node.Service{Name: ServiceRenew, Always: true, Start: p.startRenew})
	p.Node.Offer(node.Service{Name: ServiceStand, Always: true, Start: func(r *node.Request) {
		go func() { r.Reply(node.Reply{Meta: protocol.Encode(p.Session.World().Standing())}) }()
	}})
	p.Node.Offer(node.Service{Name: ServiceWhere, Inline: true, Always: true, Start: func(r *node.Request) {
		r.Post(node.Reply{Meta: protocol.Encode(Where{Calls: p.Session.World().Pending()})})
	}})
	p.Node.Offer(node.Service{Name: ServiceRetire, Inline: true, Always: true, Start: p.startRetire})
	p.Node.Offer(node.Service{Name: ServiceLeave, Inline: true, Always: true, Start: func(r *node.Request) {
		p.Node.ReportUnclaimed()
		r.Reply(node.Reply{})
		p.Leave()
	}})
}

// ChunkTask labels the task of a chunk.
func ChunkTask(seq uint64) string { return fmt.Sprintf("mpido %d", seq) }

// startChunk runs a chunk of mpido in a task of its own.
func (p *Process) startChunk(r *node.Request) {
	var chunk Chunk
	if err := protocol.Decode(r.Meta, &chunk); err != nil {
		r.Fail(err)
		return
	}
	p.Interp.Start(node.EnterChunk(r.Context, chunk.Manager), ChunkTask(chunk.Seq), func(t *interp.Task) {
		reply, done := p.runChunk(t, r, chunk)
		_ = p.Interp.Wait(t.L(), func(context.Context) error {
			var err error
			if done.Output, err = p.Flush(); err != nil {
				r.Fail(luaerr.New(luaerr.Lost, "%w", err))
				return nil
			}
			reply.Meta = protocol.Encode(done)
			r.Reply(reply)
			if reply.Raised && p.Failed != nil {
				p.Failed(reply.Text())
			}
			return nil
		})
	})
}

func (p *Process) runChunk(t *interp.Task, r *node.Request, chunk Chunk) (node.Reply, ChunkDone) {
	var end func() bool
	err := p.Interp.Wait(t.L(), func(ctx context.Context) (err error) {
		end, err = p.Session.World().Begin(ctx, chunk.Ranks)
		return err
	})
	if err != nil {
		return p.Node.Raise(t.L(), err), ChunkDone{Dirty: true}
	}
	reply := p.Node.EvaluateFirst(t, r, 1) // as mpido gives
	return reply, ChunkDone{Dirty: end()}
}

// renewTimeout bounds the agreement of all ranks on a new world.
const renewTimeout = 10 * time.Second

func (p *Process) startRenew(r *node.Request) {
	go func() {
		ctx, cancel := context.WithTimeout(r.Context, renewTimeout)
		defer cancel()
		if err := p.Session.World().Renew(ctx); err != nil {
			r.Fail(err)
			return
		}
		r.Reply(node.Reply{})
	}()
}

// startRetire answers when what was asked before is done.
func (p *Process) startRetire(r *node.Request) {
	p.Node.Retire()
	go func() {
		if err := p.Node.AwaitIdle(r.Context); err != nil {
			r.Fail(err)
			return
		}
		r.Post(node.Reply{})
	}()
}

// FindModule gets a module that no folder of this process holds from the
// master: the source of its file, or the function of package.preload there.
func (p *Process) FindModule(ctx context.Context, module string) (interp.Found, error) {
	reply, err := p.Node.Call(ctx, node.Master, node.Ask{Service: ServiceModule, Meta: []byte(module)})
	if err != nil {
		return interp.Found{}, err
	}
	if reply.Message != nil {
		if err := p.Node.FetchSources(ctx, node.Master, reply.Message); err != nil {
			return interp.Found{}, err
		}
		return interp.Found{Loader: func(L *lua.LState) (lua.LValue, error) {
			vs, err := p.Node.Values(L, reply)
			if err == nil && len(vs) != 1 {
				err = luaerr.New(luaerr.Script, "module '%s' came from the master as %d values", module, len(vs))
			}
			if err != nil {
				return nil, err
			}
			return vs[0], nil
		}}, nil
	}
	var m Module
	if err := protocol.Decode(reply.Meta, &m); err != nil {
		return interp.Found{}, err
	}
	if m.Missing != "" {
		return interp.Found{}, errors.New(m.Missing)
	}
	return interp.Found{Name: m.Name, Source: m.Source}, nil
}
