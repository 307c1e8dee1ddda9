package rpc

import (
	"context"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

const serviceSource = "source" // parameter: the hash of a source; result: its name and text

// sources is the layer that lets other processes read the sources of functions
// that this one has sent.
func (n *Node) sources() Layer {
	return Layer{Services: []Service{{Name: serviceSource, Data: true, Inline: true, Always: true, Serve: n.serveSource}}}
}

func (n *Node) serveSource(r *Incoming) {
	var hash value.Hash
	copy(hash[:], r.Data)
	name, source, ok := n.cfg.Codec.Chunks.Source(hash)
	if !ok {
		r.Fail(luaerr.New(luaerr.Argument, "pid %d has no source %x", n.Self(), hash))
		return
	}
	r.Post(Reply{Data: append(appendPart(nil, []byte(name)), source...)})
}

// FetchSources gets the sources of functions that a message holds and that
// this process lacks, from the process that surely has them or else from the
// sender. It waits, so the caller holds no interpreter. Requests of services
// that are not Inline and replies that were awaited need no such call.
func (n *Node) FetchSources(ctx context.Context, from Pid, m *value.Message) error {
	if m == nil {
		return nil
	}
	for _, ref := range n.cfg.Codec.Missing(m) {
		req := Request{Service: serviceSource, Data: ref.Hash[:]}
		reply, err := n.Call(ctx, ref.Home, req)
		if err != nil && ref.Home != from && ctx.Err() == nil {
			reply, err = n.Call(ctx, from, req)
		}
		if err != nil {
			return luaerr.New(luaerr.Lost, "the source of a function cannot be had from pid %d: %w", ref.Home, err)
		}
		name, source, err := cutPart(reply.Data)
		if err != nil {
			return err
		}
		if err := n.cfg.Codec.Chunks.AddAs(ref.Hash, string(name), string(source)); err != nil {
			return err
		}
	}
	return nil
}
