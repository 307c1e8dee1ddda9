package mpi

// #include "engine.h"
import "C"

import (
	"context"
	"fmt"
	"unsafe"

	gompi "github.com/sbromberger/gompi"

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
	In     int     // neighbours to receive from, in a topology
	Out    int     // neighbours to send to
	Making bool    // by Comm_idup, whose request is not complete
	Name   string  // of a constant, else ""
	Busy   Pending // the blocking collective that is at work here, nil for none

	tickets    map[int]int // of long values, by destination
	users      []Pending   // calls that wait on it while other tasks run
	s          *Session
	fixed      bool // lives as long as the session and is renewed
	freed      bool
	generation int
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

// Chunk gives the script's COMM_CHUNK: the world, or the ranks of BeginChunk.
func (s *Session) Chunk() *Comm { return s.chunk }

// Peers gives the number of ranks that a message can go to.
func (c *Comm) Peers() int {
	if c.Inter {
		return c.Remote
	}
	return c.Size
}

// Unusable says why the communicator cannot be used, "" if it can.
func (c *Comm) Unusable() string {
	if c.s != nil && c.generation == c.s.generation && !c.freed && !c.Making {
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

// Adopted gives the communicator that a call has made, nil for COMM_NULL.
func (c *Call) Adopted() *Comm {
	made := c.newComm()
	if made.Handle == nullComm {
		return nil
	}
	return made
}

func (c *Call) newComm() *Comm {
	return &Comm{
		s: c.s, generation: c.s.generation, Handle: c.S[table.SlotR], Shadow: c.S[table.SlotR+1], Bulk: c.S[table.SlotR+6],
		Rank: c.Result(2), Size: c.Result(3), Inter: c.Result(4) != 0, Remote: c.Result(5),
		In: int(c.S[table.SlotR+7] >> 32), Out: int(uint32(c.S[table.SlotR+7])),
	}
}

// Twin gives a communicator of the same processes that is still to be made.
func (c *Comm) Twin() *Comm {
	return &Comm{s: c.s, generation: c.generation, Rank: c.Rank, Size: c.Size, Remote: c.Remote, Inter: c.Inter, In: c.In, Out: c.Out}
}

// become renews a fixed communicator in its place.
func (c *Comm) become(made *Comm) {
	name, fixed, users := c.Name, c.fixed, c.users
	*c = *made
	c.Name, c.fixed, c.users = name, fixed, users
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

// SetFreed ends the use of the communicator, or takes that back when freeing
// it failed.
func (c *Comm) SetFreed(freed bool) { c.freed = freed }

// Renew makes a fresh world for the script: COMM_WORLD, COMM_SELF and
// COMM_CHUNK are new inside, communicators that were made from the old ones
// become unusable, requests that are not complete are given up (their arrays
// stay alive until the process ends). It is collective over all ranks of the
// job; nothing of the script may run. When ctx ends before all ranks are
// there, the session cannot be renewed again.
func (s *Session) Renew(ctx context.Context) error {
	here := s.NewCall("Ibarrier")
	here.f.detach = 0
	here.S[table.SlotComm] = worldHandle
	err := here.Wait(ctx)
	here.Release()
	if err != nil {
		return fmt.Errorf("renewing the world: %w", err)
	}
	s.lock()
	defer s.unlock()
	s.generation++
	s.abandonRequests()
	C.mpiclus_forget_values()
	s.clearTally()
	s.chunks = map[string]*Comm{}
	world, err := s.makeWorld()
	if err != nil {
		return err
	}
	if err := s.adopt(s.world, world); err != nil {
		return err
	}
	if err := s.makeSelf(); err != nil {
		return err
	}
	s.chunk.become(s.world)
	s.dirty.Store(false)
	return nil
}

// makeWorld makes a communicator of all ranks with gompi and gives its
// handle, its first field.
func (s *Session) makeWorld() (uint64, error) {
	C.mpiclus_recorded_error()
	if s.generation == 1 && handleOf(s.mpi.NewCommunicator(nil)) != worldHandle {
		return 0, fmt.Errorf("the layout of gompi's Communicator is not the expected one")
	}
	all := make([]int, s.info.Size)
	for i := range all {
		all[i] = i
	}
	handle := handleOf(s.mpi.NewCommunicator(all))
	if code := C.mpiclus_recorded_error(); code != C.MPI_SUCCESS {
		return 0, mpiError("Comm_create", int(code))
	}
	var result C.int
	if rc := C.mpiclus_compare(C.uint64_t(handle), C.uint64_t(worldHandle), &result); rc != C.MPI_SUCCESS || result != C.MPI_CONGRUENT {
		return 0, fmt.Errorf("the new world is not congruent with MPI_COMM_WORLD (%d)", result)
	}
	return handle, nil
}

func handleOf(c *gompi.Communicator) uint64 {
	var slot uint64
	*(*C.MPI_Comm)(unsafe.Pointer(&slot)) = *(*C.MPI_Comm)(unsafe.Pointer(c))
	return slot
}

// adopt makes a handle the new inside of a fixed communicator. The MPI lock
// is held.
func (s *Session) adopt(fixed *Comm, handle uint64) error {
	c := s.NewCall("Comm_dup")
	defer c.Release()
	c.S[table.SlotR] = handle
	C.mpiclus_adopt(c.f)
	c.f.phase = C.MPICLUS_OVER
	if c.f.rc != C.MPI_SUCCESS {
		return mpiError("Comm_dup", int(c.f.rc))
	}
	fixed.become(c.newComm())
	return nil
}

func (s *Session) makeSelf() error {
	var self C.MPI_Comm
	if rc := C.mpiclus_dup_self(&self); rc != C.MPI_SUCCESS {
		return mpiError("Comm_dup", int(rc))
	}
	var slot uint64
	*(*C.MPI_Comm)(unsafe.Pointer(&slot)) = self
	return s.adopt(s.self, slot)
}
