package cluster

import (
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// serviceMap calls an installed function for each item of a batch. Parameters:
// its key and a byte of flags; the message is a pack of items, the answer one
// of results and errors, which ends with the first error unless mapGoOn.
const serviceMap = "map"

const (
	mapGoOn byte = 1 << iota // go on after an error
	mapKeep                  // one function for all items, as caching pools have it
)

func (m *Module) serveMap(r *rpc.Incoming) {
	m.Eval.Serve(r, fmt.Sprintf("pmap of pid %d", r.From), func(t *interp.Task) rpc.Reply {
		parts, err := m.runBatch(t, r)
		if err != nil {
			return m.Eval.Raise(t.L(), err)
		}
		return rpc.Reply{Message: eval.Pack(parts)}
	})
}

// runBatch calls the function for each item. An error is one of the whole
// batch.
func (m *Module) runBatch(t *interp.Task, r *rpc.Incoming) ([]eval.Part, error) {
	key, rest := keyOf(r)
	f, err := m.library.find(key)
	if err != nil {
		return nil, err
	}
	if len(rest) != 1 {
		return nil, luaerr.New(luaerr.Argument, "a batch without flags")
	}
	items := eval.Unpack(r.Message)
	for _, item := range items {
		if len(m.interp.Codec().Missing(item.Message)) > 0 {
			if err := m.interp.Wait(t.L(), func(ctx context.Context) error { return m.Node.FetchSources(ctx, r.From, item.Message) }); err != nil {
				return nil, err
			}
		}
	}
	var results []eval.Part
	for _, item := range items {
		reply := m.runItem(t, r, f, rest[0], item.Message)
		results = append(results, eval.Part{Message: reply.Message, Raised: reply.Raised})
		if reply.Raised && (rest[0]&mapGoOn == 0 || t.Context().Err() != nil) {
			break
		}
	}
	return results, nil
}

func (m *Module) runItem(t *interp.Task, r *rpc.Incoming, f *installed, flags byte, item *value.Message) rpc.Reply {
	fn, err := f.fn, error(nil)
	if fn == nil || flags&mapKeep == 0 {
		if fn, err = m.fresh(t.L(), r, f); err == nil && flags&mapKeep != 0 {
			f.fn = fn
		}
	}
	var args []lua.LValue
	if err == nil {
		args, err = m.Eval.ArgumentsOf(t.L(), r, item)
	}
	if err != nil {
		return m.Eval.Raise(t.L(), err)
	}
	reply := m.Eval.Apply(t, fn, args, 1)
	reply.Message.Detach()
	return reply
}
