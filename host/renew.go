package host

import (
	"context"
	"errors"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// repair brings the ranks back in step after a chunk that failed: if some
// operation was left in the script's world, that is made anew on all of them.
func (r *run) repair() {
	bad := r.dirty
	for i := range r.Answers {
		bad = bad || r.failed(i)
		if e := luaerr.From(r.Answers[i].Err); e != nil && e.Kind == luaerr.Lost {
			return // MPI is over for this job
		}
	}
	if bad && r.Ended == nil && (r.dirty || !r.m.clean()) {
		r.Ended = r.m.renew()
	}
}

// clean tells whether nothing was left in the script's world, by what all
// ranks know of it. In doubt it was not.
func (m *Manager) clean() bool {
	ctx, cancel := context.WithTimeout(context.Background(), protocol.RenewLimit)
	defer cancel()
	var looks [2][]protocol.Standing
	for i := range looks {
		var err error
		if looks[i], err = m.standings(ctx); err != nil {
			return false
		}
	}
	return protocol.Clean(looks[0], looks[1])
}

// standings asks all ranks for theirs.
func (m *Manager) standings(ctx context.Context) ([]protocol.Standing, error) {
	replies, errs := m.host.node.CallAll(ctx, m.Pids(), rpc.Request{Service: protocol.ServiceStand})
	all := make([]protocol.Standing, len(replies))
	for k, reply := range replies {
		if errs[k] == nil {
			errs[k] = protocol.Decode(reply.Data, &all[k])
		}
	}
	return all, errors.Join(errs...)
}

// renew makes the script's world anew on all ranks; the token of the queue is
// held.
func (m *Manager) renew() *luaerr.Error {
	ctx, cancel := context.WithTimeout(context.Background(), protocol.RenewLimit)
	defer cancel()
	m.debug("mpido: the world is renewed, since an operation was left in it")
	_, errs := m.host.node.CallAll(ctx, m.Pids(), rpc.Request{Service: protocol.ServiceRenew})
	err := errors.Join(errs...)
	if err == nil {
		return nil
	}
	e := luaerr.New(luaerr.Lost, "the job was ended: the ranks could not agree on a new world: %w", err)
	m.kill(e)
	return e
}
