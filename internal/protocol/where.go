package protocol

import "time"

// Where tells what a worker is at.
type Where struct {
	Calls  []Pending   // of MPI
	Open   []Operation // of MPI requests that are not complete
	Cut    bool        // there are more of these, or they could not be read
	Tasks  []Task      // in the order in which they were asked for
	Queue  int         // tasks that wait for the interpreter
	Memory uint64      // bytes that the process has in memory
}

// Pending is an MPI call that has not returned.
type Pending struct {
	Call   string        // "Recv"
	Detail string        // "with rank 2, tag 7"
	Where  string        // "job.lua:14"
	Task   string        // whose call it is, as ChunkTask has it for a chunk
	Number uint64        // of the call, in its process
	Native bool          // it sits in the library and cannot be left
	Begun  bool          // the library has it; else another call of the process is inside
	Since  time.Duration // that it has been running
	Peer   int           // rank of the communicator that it is about, or None
	Tag    int           // or None
	Root   int           // or None
	Bytes  int
	Comm   string // name of a constant; "" for another communicator, and where there is none
	// Waits are the operations that it waits for the end of: all of them, or one
	// with Any. There are none where nothing is known of what would end it.
	Waits []Operation
	Any   bool
}

// Operation is a message that is on its way, or is to come, or a collective that was
// begun, as one rank sees it.
type Operation struct {
	Call            string
	Sends, Receives bool // what a message does; a collective does neither
	Peer            int  // rank of the job that a message goes to or comes from, or Any, or None: not known
	Tag             int  // or Any, or None
	Root            int  // of a collective: rank of the communicator, or None
	Nth             uint64
	Comm            uint64  // the same on all ranks of a communicator, but for the lowest CommBits, in which its duplicates differ; 0: not known
	Name            string  // of the communicator, if it is a constant
	Ranks           []int32 // of the job, of the communicator; nil: each rank is the same one there
	Size            int     // of the communicator; 0: not known
}

// CommBits are the bits of Operation.Comm in which a communicator and its duplicates
// for the lower-case calls differ; BulkBit is the one of what these announce.
const (
	CommBits = 2
	BulkBit  = 2
)

// None stands for a number that there is not, and Any for a wildcard.
const (
	None = -1 << 30
	Any  = -2
)

// Task is what a task is at.
type Task struct {
	Number uint64 // in its process
	Task   string // its label
	Main   bool   // it is the script of the process
	State  string // StateComputing, StateWaiting or StateQueued
	Where  string // "job.lua:14"; "" where it is not known
	Call   string // of one that waits: the function that does, "take"
	Since  time.Duration
}

// What tasks and processes are at.
const (
	StateIdle      = "idle"      // a process without tasks
	StateQueued    = "queued"    // it has not begun
	StateComputing = "computing" // it has the interpreter
	StateWaiting   = "waiting"   // for something that is not MPI
	StateMPI       = "mpi"       // in a call of MPI
	StateSilent    = "silent"    // it does not answer
)
