package rpc

import "github.com/mpiclus/mpiclus-lua/internal/value"

// Request is what one process asks another. The zero values of the last three
// fields are the usual ones.
type Request struct {
	Service string
	Data    []byte         // parameters, as the service reads them
	Message *value.Message // Lua values, or nil

	// Background says that the memory of the request does not change any more:
	// Start and Tell leave the sending to a goroutine, so that nothing has to
	// wait for it.
	Background bool
	// OnReply, if set, is called with the reply, or with why there is none, in
	// place of Await. It is called once, on the goroutine that reads the link,
	// and returns at once. It is not called after Cancel, nor when Sent has
	// returned an error.
	OnReply func(*Reply, error)
	// OnUnread, if set, is called with a reply that comes although the call was
	// cancelled: to undo what the request did. It returns at once.
	OnUnread func(*Reply)
}

// Reply is the answer to a request.
type Reply struct {
	Data    []byte         // the result, as the caller reads it
	Message *value.Message // Lua values, or nil
	Raised  bool           // Message holds the Lua error that the service raised

	// Text is the error as people read it, in the process that raised it. It
	// does not travel.
	Text string
	// From is the process that replied, in the process that called.
	From Pid

	id  uint64 // of the call
	ack bool   // the sender keeps what travels in it until Acknowledge
}

// CallID is the number of the call that was answered, unique in the process
// that made it.
func (r *Reply) CallID() uint64 { return r.id }

type result struct {
	reply *Reply
	err   error
}
