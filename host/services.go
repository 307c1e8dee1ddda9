package host

import (
	"context"
	"fmt"
	"regexp"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// moduleName is the form of the names of modules that untrusted workers may ask
// for: what leads from the folders of package.path into those below them.
var moduleName = regexp.MustCompile(`^[\w-]+(\.[\w-]+)*$`)

// serveModule gives a worker a module that it cannot find itself: what a
// script has put into package.preload here, or a file.
func (h *Host) serveModule(r *rpc.Incoming) {
	module := string(r.Data)
	if h.cfg.UntrustedWorkers && !moduleName.MatchString(module) {
		r.Post(rpc.Reply{Data: protocol.Encode(protocol.Module{Missing: "nor on the master, which looks for no such name (--untrusted-workers)"})})
		return
	}
	h.parallel.Eval.Serve(r, fmt.Sprintf("require '%s' of pid %d", module, r.From), func(t *interp.Task) rpc.Reply {
		if fn := interp.Preloaded(t.L(), module); fn != nil {
			return h.parallel.Eval.Result(t.L(), []lua.LValue{fn}, nil)
		}
		path := interp.PackagePath(t.L())
		var found protocol.Module
		err := h.interp.Wait(t.L(), func(context.Context) (err error) {
			found.Name, found.Source, err = interp.FindSource(path, module)
			return err
		})
		if err != nil {
			found.Missing = err.Error()
		}
		return rpc.Reply{Data: protocol.Encode(found)}
	})
}

// layers returns what the host serves.
func (h *Host) layers(m *cluster.Module) []rpc.Layer {
	layers := []rpc.Layer{{Services: []rpc.Service{
		{Name: protocol.ServiceModule, Values: true, Inline: true, Serve: h.serveModule},
		{Name: protocol.ServiceConnect, Values: true, Inline: true, Serve: h.serveConnect},
	}}}
	if h.rank != nil {
		layers = append(layers, h.rank.Layers(m)...)
	}
	return layers
}

// serveConnect has a worker listen for another one that wants a link to it,
// and tells that one how to reach it.
func (h *Host) serveConnect(r *rpc.Incoming) {
	go func() {
		reply, err := h.introduce(r.Context, r.From, r.Data)
		if err != nil {
			r.Fail(err)
			return
		}
		r.Post(rpc.Reply{Data: reply.Data})
	}()
}

func (h *Host) introduce(ctx context.Context, from rpc.Pid, meta []byte) (*rpc.Reply, error) {
	var c protocol.Connect
	if err := protocol.Decode(meta, &c); err != nil {
		return nil, err
	}
	target, _ := h.worker(c.Pid)
	asker, _ := h.worker(from)
	if target == nil || asker == nil {
		return nil, luaerr.New(luaerr.Argument, "there is no process with pid %d", c.Pid)
	}
	for _, m := range []*Manager{target, asker} {
		if m.opts.Topology == "master_worker" {
			return nil, luaerr.New(luaerr.Argument, "pid %d cannot call pid %d: their manager was started with topology = \"master_worker\"", from, c.Pid)
		}
	}
	c.From = from // whatever it says
	return h.node.Call(ctx, c.Pid, rpc.Request{Service: protocol.ServiceListen, Data: protocol.Encode(c)})
}
