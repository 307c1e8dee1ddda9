package worker

import (
	"context"
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// Process is what serves chunks: MPI and a part of a cluster, however they came
// together. A worker is one, and so is each rank of a script that runs under
// mpirun.
type Process struct {
	Session Session
	Cluster *cluster.Module
	// Flush brings all that the process wrote on its way to who shows it, and
	// returns the number of bytes since its start; 0 when nobody counts.
	Flush func() (uint64, error)
	// Failed, if set, is told the error of a chunk when it was sent to the master.
	// It returns at once.
	Failed func(text string)
	// Leave is called when the master says that the process is to end. It
	// returns at once.
	Leave func()
}

// Layer has the services between host and worker.
func (p *Process) Layer() rpc.Layer {
	return rpc.Layer{Services: []rpc.Service{
		{Name: protocol.ServiceChunk, Serve: p.serveChunk},
		{Name: protocol.ServiceRenew, Always: true, Serve: p.serveRenew},
		{Name: protocol.ServiceStand, Always: true, Serve: func(r *rpc.Incoming) {
			go func() { r.Reply(rpc.Reply{Data: protocol.Encode(p.Session.World().Standing())}) }()
		}},
		{Name: protocol.ServiceWhere, Inline: true, Always: true, Serve: func(r *rpc.Incoming) {
			go func() { r.Post(rpc.Reply{Data: protocol.Encode(p.Where())}) }()
		}},
		{Name: protocol.ServiceRetire, Inline: true, Always: true, Serve: p.serveRetire},
		{Name: protocol.ServiceLeave, Inline: true, Always: true, Serve: func(r *rpc.Incoming) {
			p.Cluster.Objects.ReportUnclaimed()
			r.Reply(rpc.Reply{})
			p.Leave()
		}},
	}}
}

// serveChunk runs a chunk of mpido.
func (p *Process) serveChunk(r *rpc.Incoming) {
	var chunk protocol.Chunk
	if err := protocol.Decode(r.Data, &chunk); err != nil {
		r.Fail(err)
		return
	}
	r.Context = rpc.Enter(r.Context, chunk.Manager)
	e := p.Cluster.Eval
	e.Serve(r, protocol.ChunkTask(chunk.Seq), func(t *interp.Task) rpc.Reply {
		reply, done := p.runChunk(t, r, chunk)
		_ = e.Interp.Wait(t.L(), func(context.Context) error {
			var err error
			if done.Output, err = p.Flush(); err != nil {
				r.Fail(luaerr.New(luaerr.Lost, "%w", err))
				return nil
			}
			reply.Data = protocol.Encode(done)
			r.Reply(reply)
			if reply.Raised && p.Failed != nil {
				p.Failed(reply.Text)
			}
			return nil
		})
		return rpc.Reply{}
	})
}

func (p *Process) runChunk(t *interp.Task, r *rpc.Incoming, chunk protocol.Chunk) (rpc.Reply, protocol.ChunkDone) {
	e := p.Cluster.Eval
	world := p.Session.World()
	var show func()
	err := e.Interp.Wait(t.L(), func(ctx context.Context) (err error) {
		show, err = world.Begin(ctx, chunk.Ranks)
		return err
	})
	if err != nil {
		return e.Raise(t.L(), err), protocol.ChunkDone{Dirty: true}
	}
	show()
	reply := e.Evaluate(t, r, 1) // as many as mpido returns
	return reply, protocol.ChunkDone{Dirty: world.End(), Tally: world.Tally()}
}

func (p *Process) serveRenew(r *rpc.Incoming) {
	go func() {
		ctx, cancel := context.WithTimeout(r.Context, protocol.RenewLimit)
		defer cancel()
		show, err := p.Session.World().Renew(ctx)
		if err != nil {
			r.Fail(err)
			return
		}
		// The task has its place in the line for the interpreter before the reply
		// goes out, and so before the next chunk. Nothing waits for it to run: code
		// that computes for long must not hold up the renewal.
		p.Cluster.Eval.Interp.Start(context.Background(), "renewal", func(*interp.Task) { show() })
		r.Reply(rpc.Reply{})
	}()
}

// serveRetire answers when what was asked before is done.
func (p *Process) serveRetire(r *rpc.Incoming) {
	p.Cluster.Node.Retire()
	go func() {
		if err := p.Cluster.Node.AwaitIdle(r.Context); err != nil {
			r.Fail(err)
			return
		}
		r.Post(rpc.Reply{})
	}()
}

// FindModule gets a module that no folder of this process holds from the
// master: the source of its file, or the function of package.preload there.
func (p *Process) FindModule(ctx context.Context, module string) (interp.Found, error) {
	reply, err := p.Cluster.Node.Call(ctx, rpc.Master, rpc.Request{Service: protocol.ServiceModule, Data: []byte(module)})
	if err != nil {
		return interp.Found{}, err
	}
	if reply.Message != nil {
		return interp.Found{Loader: func(L *lua.LState) (lua.LValue, error) {
			vs, err := p.Cluster.Eval.Values(L, reply)
			if err == nil && len(vs) != 1 {
				err = luaerr.New(luaerr.Script, "module '%s' came from the master as %d values", module, len(vs))
			}
			if err != nil {
				return nil, err
			}
			return vs[0], nil
		}}, nil
	}
	var m protocol.Module
	if err := protocol.Decode(reply.Data, &m); err != nil {
		return interp.Found{}, err
	}
	if m.Missing != "" {
		return interp.Found{}, errors.New(m.Missing)
	}
	return interp.Found{Name: m.Name, Source: m.Source}, nil
}
