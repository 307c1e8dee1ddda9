package cluster

import (
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
)

// serviceMap calls an installed function for each item of a batch. Parameters:
// its key and a byte of flags; the message is a pack of items, the answer one
// of results and errors, which ends with the first error unless mapGoOn.
const serviceMap = "map"

const (
	mapGoOn byte = 1 << iota // go on after an error
	mapKeep                  // one function for all items, as caching pools have it
)

func (m *Module) startMap(r *node.Request) {
	m.node.Serve(r, fmt.Sprintf("pmap of pid %d", r.From), func(t *interp.Task) node.Reply {
		parts, err := m.runBatch(t, r)
		if err != nil {
			return m.node.Raise(t.L(), err)
		}
		return node.Reply{Message: node.Pack(parts)}
	})
}

// runBatch calls the function for each item. An error is one of the whole
// batch.
func (m *Module) runBatch(t *interp.Task, r *node.Request) ([]node.Part, error) {
	key, rest := keyOf(r)
	f, err := m.library.find(key)
	if err != nil {
		return nil, err
	}
	if len(rest) != 1 {
		return nil, luaerr.New(luaerr.Argument, "a batch without flags")
	}
	items := m.node.UnpackRequest(r)
	for _, item := range items {
		if len(m.node.Codec().Missing(item)) > 0 {
			if err := m.interp.Wait(t.L(), func(ctx context.Context) error { return m.node.FetchSources(ctx, r.From, item) }); err != nil {
				return nil, err
			}
		}
	}
	var results []node.Part
	for _, item := range items {
		reply := m.runItem(t, r, f, rest[0], &node.Request{From: r.From, Message: item})
		results = append(results, node.Part{Message: reply.Message, Raised: reply.Raised})
		if reply.Raised && (rest[0]&mapGoOn == 0 || t.Context().Err() != nil) {
			break
		}
	}
	return results, nil
}

func (m *Module) runItem(t *interp.Task, r *node.Request, f *installed, flags byte, item *node.Request) node.Reply {
	fn, err := f.fn, error(nil)
	if fn == nil || flags&mapKeep == 0 {
		if fn, err = m.fresh(t.L(), f); err == nil && flags&mapKeep != 0 {
			f.fn = fn
		}
	}
	var vs []lua.LValue
	if err == nil {
		vs, err = m.node.PartArguments(t.L(), r, item.Message)
	}
	if err == nil {
		vs, err = t.Call(fn, vs...)
	}
	if len(vs) > 1 {
		vs = vs[:1]
	}
	reply := m.node.AnswerOf(t.L(), fn, vs, err)
	reply.Message.Detach()
	return reply
}
