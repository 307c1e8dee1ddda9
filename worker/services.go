package worker

import (
	"context"
	"fmt"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// Services between host and worker, beside those that every node has.
const (
	ServiceChunk  = "chunk"  // master → worker: Chunk, the function and its arguments; answer ChunkDone
	ServiceRenew  = "renew"  // master → worker: make the script's world anew
	ServiceWhere  = "where"  // master → worker: answer Where
	ServiceLeave  = "leave"  // master → worker: end cleanly
	ServiceModule = "module" // worker → master: a module's name; answer Module
)

// Chunk are the parameters of a chunk of mpido.
type Chunk struct {
	Seq   uint64
	Ranks []int // that run it; nil: all
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

// Module is a module's file as the master has it.
type Module struct{ Name, Source string }

func (w *Worker) offer() {
	w.node.Offer(node.Service{Name: ServiceChunk, Start: w.startChunk})
	w.node.Offer(node.Service{Name: ServiceRenew, Start: w.startRenew})
	w.node.Offer(node.Service{Name: ServiceWhere, Inline: true, Start: func(r *node.Request) {
		r.Reply(node.Reply{Meta: protocol.Encode(Where{Calls: w.session.World().Pending()})})
	}})
	w.node.Offer(node.Service{Name: ServiceLeave, Inline: true, Start: func(r *node.Request) {
		r.Reply(node.Reply{})
		w.end(nil)
	}})
}

// startChunk runs a chunk of mpido in a task of its own.
func (w *Worker) startChunk(r *node.Request) {
	var chunk Chunk
	if err := protocol.Decode(r.Meta, &chunk); err != nil {
		r.Fail(err)
		return
	}
	w.interp.Start(r.Context, fmt.Sprintf("mpido %d", chunk.Seq), func(t *interp.Task) {
		reply, done := w.runChunk(t, r, chunk)
		_ = w.interp.Wait(t.L(), func(context.Context) error {
			var err error
			if done.Output, err = w.flush(); err != nil {
				r.Fail(luaerr.New(luaerr.Lost, "%w", err))
				return nil
			}
			reply.Meta = protocol.Encode(done)
			r.Reply(reply)
			return nil
		})
	})
}

func (w *Worker) runChunk(t *interp.Task, r *node.Request, chunk Chunk) (node.Reply, ChunkDone) {
	var end func() bool
	err := w.interp.Wait(t.L(), func(ctx context.Context) (err error) {
		end, err = w.session.World().Begin(ctx, chunk.Ranks)
		return err
	})
	if err != nil {
		return w.node.Raise(t.L(), err), ChunkDone{Dirty: true}
	}
	reply := w.node.Evaluate(t, r)
	return reply, ChunkDone{Dirty: end()}
}

// renewTimeout bounds the agreement of all ranks on a new world.
const renewTimeout = 10 * time.Second

func (w *Worker) startRenew(r *node.Request) {
	go func() {
		ctx, cancel := context.WithTimeout(r.Context, renewTimeout)
		defer cancel()
		if err := w.session.World().Renew(ctx); err != nil {
			r.Fail(err)
			return
		}
		r.Reply(node.Reply{})
	}()
}
