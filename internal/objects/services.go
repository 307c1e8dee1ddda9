package objects

import "github.com/mpiclus/mpiclus-lua/internal/rpc"

// Services of objects. The parameters begin with the ID of the object, but for
// serviceRelease.
const (
	serviceSpawn   = "spawn"   // call a function, and keep the result in a future; reply: a note
	serviceFetch   = "fetch"   // reply: the result of a future, the first item of a channel, which stays
	serviceAwait   = "await"   // reply when there is one: a note
	serviceIsReady = "isready" // reply: whether there is one
	serviceHold    = "hold"    // count one more reference of who asks
	serviceRelease = "release" // IDs: count one less each

	serviceChannel = "channel" // make a channel; parameter: its capacity
	servicePut     = "put"     // reply when there was room for the message; parameters: the references in it
	serviceTake    = "take"    // reply: the first item, which is gone then, and its number
	serviceReturn  = "return"  // an item that nobody has read; parameters: the number of the call of take, the item's number; no reply
	serviceClose   = "close"   // reply at once
	serviceIsOpen  = "isopen"  // reply: whether it is open
)

// Notes are the reply to a call that keeps its result, in the first byte.
const (
	noteDone   byte = iota + 1 // the result stays with the owner
	noteValue                  // and here it is too
	noteRaised                 // the call failed
)

// isRaised reads a note.
func isRaised(reply *rpc.Reply) bool { return len(reply.Data) == 1 && reply.Data[0] == noteRaised }

func flag(yes bool) []byte {
	if yes {
		return []byte{1}
	}
	return []byte{0}
}

// isYes reads what flag made.
func isYes(data []byte) bool { return len(data) == 1 && data[0] == 1 }
