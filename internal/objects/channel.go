package objects

import (
	"context"
	"encoding/binary"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Unbounded is the capacity of a channel that takes any number of items.
const Unbounded = 1<<63 - 1

// NewChannel makes a channel in a process. With capacity 0 a put waits until
// its item is taken. It waits for nothing and is for who holds the interpreter;
// Await of the call must follow. When that fails, so must Void.
func (s *Store) NewChannel(pid rpc.Pid, capacity int64) (*Reference, *rpc.Call) {
	ref := s.newReference(s.nextID(pid), KindChannel)
	req := ref.request(serviceChannel)
	req.Data = binary.LittleEndian.AppendUint64(req.Data, uint64(capacity))
	return ref, s.node.Start(s.context(), pid, req)
}

// Put takes the place of a message in the line to a channel, and waits for
// nothing. The call is answered when there was room; Await must follow.
func (r *Reference) Put(m *value.Message) *rpc.Call {
	req := r.request(servicePut)
	req.Message = m
	for _, t := range m.Travellers {
		if ref, ok := t.(*Reference); ok {
			req.Data = ref.ID.append(req.Data)
		}
	}
	return r.store.node.Start(r.store.context(), r.ID.Owner, req)
}

// Take waits for the first item of a channel and removes it. The reply is to
// be read with eval.Evaluator.Values, or else to be given to Return. An item
// that is on its way when ctx ends goes back.
func (r *Reference) Take(ctx context.Context) (*rpc.Reply, error) {
	req := r.request(serviceTake)
	req.OnUnread = r.Return
	return r.store.node.Call(ctx, r.ID.Owner, req)
}

// Return brings an item that Take returned, and that nobody has read, back to
// its place in the channel: in front of all that came in later. It waits for
// nothing.
func (r *Reference) Return(reply *rpc.Reply) {
	req := r.request(serviceReturn)
	req.Data = append(binary.LittleEndian.AppendUint64(req.Data, reply.CallID()), reply.Data...)
	req.Message, req.Background = reply.Message, true
	// An error is that of an owner that is lost, and the channel with it.
	_ = r.store.node.Tell(context.Background(), r.ID.Owner, req)
}

// Close ends a channel: nothing can be put in, what is in it can be taken,
// and then to take is an error.
func (r *Reference) Close(ctx context.Context) error {
	_, err := r.store.node.Call(ctx, r.ID.Owner, r.request(serviceClose))
	return err
}

// Open reports whether a channel is not closed.
func (r *Reference) Open(ctx context.Context) (bool, error) {
	reply, err := r.store.node.Call(ctx, r.ID.Owner, r.request(serviceIsOpen))
	return err == nil && isYes(reply.Data), err
}

// classClosed is the class of the error of a closed channel, by which it is
// known where it arrives.
const classClosed = "closed"

// ErrChannelClosed is the error of a put into a closed channel, and of a take
// from one that is empty as well.
var ErrChannelClosed = func() *luaerr.Error {
	e := luaerr.New(luaerr.Argument, "the channel is closed")
	e.Class = classClosed
	return e
}()

// IsChannelClosed reports whether an error, also one of another process, is
// ErrChannelClosed.
func IsChannelClosed(err error) bool {
	return err != nil && luaerr.From(err).Class == classClosed
}
