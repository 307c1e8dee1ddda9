package protocol

import (
	"fmt"
	"time"
)

// Services between master and worker, beside those that every process has: their
// names, with the struct that a request has as its parameters and the one that
// comes back.
const (
	ServiceChunk  = "chunk"  // master → worker: Chunk, the function and its arguments; reply ChunkDone
	ServiceRenew  = "renew"  // master → worker: make the script's world anew
	ServiceStand  = "stand"  // master → worker: reply Standing
	ServiceWhere  = "where"  // master → worker: reply Where
	ServiceLeave  = "leave"  // master → worker: end cleanly
	ServiceRetire = "retire" // master → worker: take no more calls; reply when idle
	ServiceModule = "module" // worker → master: a module's name; reply Module
	ServiceOutput = "output" // worker → master, among ranks: what the worker wrote, its stream as the first byte
)

// RenewLimit is how long the ranks have to agree on a new world.
const RenewLimit = 10 * time.Second

// Services that make links between workers.
const (
	ServiceConnect = "connect" // worker → master: Connect; reply: how to reach that worker
	ServiceListen  = "listen"  // master → worker: Connect with From; the same reply
)

// Chunk are the parameters of a chunk of mpido.
type Chunk struct {
	Seq   uint64
	Ranks []int // that run it; nil: all
	// Manager is the number of the manager whose chunk it is.
	Manager uint32
}

// ChunkTask labels the task of a chunk.
func ChunkTask(seq uint64) string { return fmt.Sprintf("%s%d", ChunkPrefix, seq) }

// ChunkPrefix is how the labels of such tasks begin.
const ChunkPrefix = "mpido "

// ChunkDone is what a worker tells with the result or error of a chunk.
type ChunkDone struct {
	Output uint64 // bytes that the worker has written since its start
	Dirty  bool   // an MPI wait was left: the world must be renewed
	Tally  Standing
}

// Module is a module's file as the master has it, or why there is none.
type Module struct{ Name, Source, Missing string }

// Connect are the parameters of ServiceConnect and ServiceListen.
type Connect struct {
	Pid  int32  // to talk to
	Host string // of the one that asks
	From int32  // who asks: the master's word
}

// Standing is what one rank knows of the operations in the script's world since
// that was made. Only the standings of all ranks together tell whether something
// was left in it.
type Standing struct {
	Open           bool   // something is not over on this rank, or nothing can be told
	Busy           bool   // a call waits in MPI now
	Sent, Received uint64 // messages
	Begun          uint64 // collectives on COMM_WORLD
	Balance        uint64 // of collectives: of all ranks 0 if each was begun by all of its ranks
}

// Clean reports whether nothing was left in a world, by two looks at all of its
// ranks, the second after the first: what was sent by then has been received
// before, so that no message was under way between the two (Mattern's counts).
func Clean(first, second []Standing) bool {
	var sent, received, balance, before uint64
	for i, s := range second {
		if s.Open || first[i].Open {
			return false
		}
		sent, received = sent+s.Sent, received+first[i].Received
		balance, before = balance+s.Balance, before+first[i].Balance
	}
	return sent == received && balance == 0 && before == 0
}
