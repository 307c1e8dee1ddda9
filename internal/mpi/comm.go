package mpi

import (
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Comm is a communicator of the script. Who holds the interpreter may use it.
type Comm struct {
	Handle uint64
	Shadow uint64 // duplicates for the lower-case calls, out of reach of the script:
	Bulk   uint64 // one for announcements, one for what these announce
	Rank   int
	Size   int
	Remote int // size of the remote group of an inter-communicator
	Inter  bool
	In     int    // neighbours to receive from, in a topology
	Out    int    // neighbours to send to
	Making bool   // by Comm_idup, whose request is not complete
	Name   string // of a constant, else ""

	behind     *Comm       // what COMM_CHUNK stands for in this chunk; nil for all others
	busy       Pending     // the blocking collective that is at work here, nil for none
	tickets    map[int]int // of long values, by destination
	users      []Pending   // calls that wait on it while other tasks run
	id         uint64      // of the tally (tally.h)
	group      *Group      // nil where it is not known
	s          *Session
	fixed      bool // lives as long as the session and is renewed
	freed      bool
	kept       int // windows and files of it that are open
	generation uint64
}

// Kind names it in errors about the arguments of a script.
func (*Comm) Kind() string { return "communicator" }

// Use notes that a call waits on the communicator while other tasks run, and
// Unuse that it does no more.
func (c *Comm) Use(p Pending) { c.users = append(c.users, p) }

// Unuse ends what Use began.
func (c *Comm) Unuse(p Pending) {
	for i := len(c.users) - 1; i >= 0; i-- {
		if c.users[i] == p {
			last := len(c.users) - 1
			c.users[i], c.users[last] = c.users[last], nil
			c.users = c.users[:last]
			return
		}
	}
}

// User gives a call that waits on the communicator, nil if none does.
func (c *Comm) User() Pending {
	if len(c.users) == 0 {
		return nil
	}
	return c.users[0]
}

// Pending is a call at work, as others see it.
type Pending interface {
	Name() string  // "Bcast"
	Where() string // "job.lua:14"
}

// World gives the script's COMM_WORLD: the same object for the whole session,
// renewed inside.
func (s *Session) World() *Comm { return s.world }

// Self gives the script's COMM_SELF.
func (s *Session) Self() *Comm { return s.self }

// Chunk returns the script's COMM_CHUNK, behind which is the world, or the
// communicator of the ranks of BeginChunk.
func (s *Session) Chunk() *Comm { return s.chunk }

// Generation returns the number of worlds so far: each Renew begins one.
func (s *Session) Generation() uint64 { return s.generation.Load() }

// Peers gives the number of ranks that a message can go to.
func (c *Comm) Peers() int {
	if c.Inter {
		return c.Remote
	}
	return c.Size
}

// Unusable says why the communicator cannot be used, "" if it can.
func (c *Comm) Unusable() string {
	if c.s != nil && c.generation == c.s.Generation() && !c.freed && !c.Making {
		return ""
	}
	switch {
	case c.Making:
		return "the communicator is still being made: wait for the request of Comm_idup"
	case c.freed:
		return "the communicator was freed"
	case c.s == nil:
		return "the communicator is COMM_NULL"
	}
	return "the communicator was made before the world was renewed: make it again from COMM_WORLD"
}

// Ended says why what was opened on the communicator cannot be used, "" if it can:
// it outlives the Comm_free of the script.
func (c *Comm) Ended() string {
	if c.freed && c.kept > 0 && c.generation == c.s.Generation() {
		return ""
	}
	return c.Unusable()
}

// Keep notes a window or a file of the communicator, which the library keeps until
// LetGo. Who holds the interpreter may call them.
func (c *Comm) Keep() { c.kept++ }

// LetGo notes the end of what Keep was called for.
func (c *Comm) LetGo() { c.kept-- }

// Kept reports whether a window or a file of the communicator is open.
func (c *Comm) Kept() bool { return c.kept > 0 }

// Adopted gives the communicator that a call has made, nil for COMM_NULL.
func (c *Call) Adopted() *Comm {
	made := c.newComm()
	if made.Handle == nullComm {
		return nil
	}
	return made
}

func (c *Call) newComm() *Comm {
	made := &Comm{
		s: c.s, generation: uint64(c.f.world), id: uint64(c.f.on), Handle: c.S[table.SlotR], Shadow: c.S[table.SlotR+1], Bulk: c.S[table.SlotR+6],
		Rank: c.Result(2), Size: c.Result(3), Inter: c.Result(4) != 0, Remote: c.Result(5),
		In: int(c.S[table.SlotR+7] >> 32), Out: int(uint32(c.S[table.SlotR+7])),
	}
	if made.Handle != nullComm {
		made.group = c.takeGroup(made)
		made.show()
	}
	return made
}

// Twin gives a communicator of the same processes that is still to be made.
func (c *Comm) Twin() *Comm {
	return &Comm{s: c.s, generation: c.generation, Rank: c.Rank, Size: c.Size, Remote: c.Remote, Inter: c.Inter, In: c.In, Out: c.Out, group: c.group}
}

// Behind returns the communicator that a call is on: what COMM_CHUNK stands for in
// this chunk, any other itself. What is under way on one communicator of MPI is known
// of one Comm, whatever the script calls it.
func (c *Comm) Behind() *Comm {
	if c.behind != nil {
		return c.behind
	}
	return c
}

// Occupy makes p the blocking collective that is at work here: MPI lets one thread at
// a time be in a collective. It returns the one that is at work already, nil if none is.
func (c *Comm) Occupy(p Pending) (other Pending) {
	if c.busy == nil {
		c.busy = p
		return nil
	}
	return c.busy
}

// Vacate ends what Occupy began.
func (c *Comm) Vacate(p Pending) {
	if c.busy == p { // else the communicator was renewed meanwhile
		c.busy = nil
	}
}

// Ticket gives the number of the next long value to a rank, the tag of what
// follows its announcement.
func (c *Comm) Ticket(dest, most int) int {
	if c.tickets == nil {
		c.tickets = map[int]int{}
	}
	n := c.tickets[dest]
	c.tickets[dest] = (n + 1) % most // the greatest tag is the engine's
	return n
}

// Fixed tells whether the communicator is one of the session's own, which
// scripts must not free.
func (c *Comm) Fixed() bool { return c.fixed }
