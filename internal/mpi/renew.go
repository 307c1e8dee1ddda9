package mpi

// #include "engine.h"
import "C"

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"unsafe"

	gompi "github.com/sbromberger/gompi"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Renew gives the script a world in which nothing is under way. What was left
// in the old one is ended as far as MPI's rules allow (settle.go, settle.c). A
// communicator of which nothing is left stays if it is one of COMM_WORLD or
// COMM_SELF, and is freed if it is another; in the place of one on which
// something is left, and which nobody can free, there is a new one.
// Communicators that scripts have made become unusable, requests that are not
// complete are given up (their arrays stay alive until the process ends). It is
// collective over all ranks of the job, and called without the interpreter: other
// tasks may run. What they were about to begin in the old world is refused.
// Scripts see the new world once show was called by whoever holds the
// interpreter; show does not wait. After an error, also that of ctx, which ends
// the wait for the other ranks, the session cannot be renewed again.
func (s *Session) Renew(ctx context.Context) (show func(), err error) {
	if err := s.meetAll(ctx); err != nil {
		return nil, fmt.Errorf("renewing the world: %w", err)
	}
	s.lock()
	defer s.unlock()
	clean, held, err := s.settle()
	if err != nil {
		return nil, fmt.Errorf("renewing the world: %w", err)
	}
	C.mpiclus_worlds++
	s.giveUp()
	s.hideComms()
	s.endComms(clean, held)
	C.mpiclus_done = C.mpiclus_tally{}
	world, err := s.refresh(s.world, clean)
	if err != nil {
		return nil, err
	}
	self, err := s.refresh(s.self, clean)
	if err != nil {
		return nil, err
	}
	s.dirty.Store(false)
	generation := uint64(C.mpiclus_worlds)
	return func() {
		s.generation.Store(generation)
		s.world.renewed(world, generation)
		s.self.renewed(self, generation)
		s.forgetChunks()
		s.EndChunk()
	}, nil
}

// commHandles are the handles behind a communicator of the script: its own and
// those of its duplicates.
type commHandles struct{ own, shadow, bulk uint64 }

// renewed makes a fixed communicator one of the new world. Only who holds the
// interpreter may call it.
func (c *Comm) renewed(h commHandles, generation uint64) {
	c.Handle, c.Shadow, c.Bulk, c.generation = h.own, h.shadow, h.bulk, generation
	c.show()
	c.busy = nil // a collective that another task is still in is one of the communicator that was replaced
}

// meetAll returns when all ranks are in it.
func (s *Session) meetAll(ctx context.Context) error {
	c := s.NewCall("Ibarrier")
	defer c.Release()
	c.f.plan.detach = 0
	c.f.plan.bound = 0 // it is of no world of the script's: one rank may not have been shown the newest
	c.S[table.SlotComm] = worldHandle
	return c.Wait(ctx)
}

// makeWorlds makes the communicators behind COMM_WORLD and COMM_SELF. It is
// collective over the job.
func (s *Session) makeWorlds() error {
	s.lock()
	defer s.unlock()
	C.mpiclus_worlds++
	s.generation.Store(uint64(C.mpiclus_worlds))
	s.worlds = s.generation.Load()
	world, err := s.makeWorld()
	if err != nil {
		return err
	}
	self, err := dupOf(false)
	if err != nil {
		return err
	}
	if err := s.adopt(s.world, world); err != nil {
		return err
	}
	C.mpiclus_done.world = C.uint64_t(s.world.id)
	if err := s.adopt(s.self, self); err != nil {
		return err
	}
	s.forgetChunks()
	s.EndChunk()
	return nil
}

// endComms frees the communicators that scripts and chunks have made, if
// nothing is left of them and no rank has a persistent request there, and forgets
// the others. All ranks do it in the order of ids. Those of the session are left to
// refresh.
func (s *Session) endComms(clean, held map[uint64]bool) {
	list := slices.Clone(known())
	slices.SortFunc(list, func(a, b C.mpiclus_known) int { return cmp.Compare(a.id, b.id) })
	for _, k := range list {
		id := uint64(k.id)
		switch family := id &^ (1<<C.MPICLUS_ID_BITS - 1); {
		case family == s.world.id || family == s.self.id:
		case clean[id] && !held[id]:
			C.mpiclus_end_comm(k.comm)
		default:
			C.mpiclus_forget_comm(k.comm)
		}
	}
}

// refresh returns what is to be behind COMM_WORLD or COMM_SELF from now on: new
// communicators in the places of those on which something is left.
func (s *Session) refresh(c *Comm, clean map[uint64]bool) (commHandles, error) {
	h := commHandles{c.Handle, c.Shadow, c.Bulk}
	for _, part := range []struct {
		handle *uint64
		id     uint64
	}{{&h.own, c.id}, {&h.shadow, c.id | C.MPICLUS_ID_SHADOW}, {&h.bulk, c.id | C.MPICLUS_ID_BULK}} {
		if clean[part.id] {
			C.mpiclus_count_anew(commOf(*part.handle))
			continue
		}
		made, err := dupOf(c == s.world)
		if err != nil {
			return commHandles{}, err
		}
		C.mpiclus_forget_comm(commOf(*part.handle))
		C.mpiclus_know_comm(commOf(made), C.uint64_t(part.id), C.int(c.Rank), C.int(c.Size))
		*part.handle = made
	}
	return h, nil
}

// Index returns the library's own number of the communicator behind COMM_WORLD,
// COMM_SELF or what a script has made: Open MPI gives the least that is free.
func (c *Comm) Index() int { return int(C.mpiclus_comm_index(commOf(c.Handle))) }

func commOf(handle uint64) C.MPI_Comm { return *(*C.MPI_Comm)(unsafe.Pointer(&handle)) }

// dupOf makes a communicator of all ranks, or of this one.
func dupOf(all bool) (uint64, error) {
	var slot uint64
	if rc := C.mpiclus_dup_of(flagOf(all), (*C.MPI_Comm)(unsafe.Pointer(&slot))); rc != C.MPI_SUCCESS {
		return 0, mpiError("Comm_dup", int(rc))
	}
	return slot, nil
}

// makeWorld makes a communicator of all ranks with gompi and returns its
// handle, its first field.
func (s *Session) makeWorld() (uint64, error) {
	C.mpiclus_world_error()
	if handleOf(s.mpi.NewCommunicator(nil)) != worldHandle {
		return 0, fmt.Errorf("the layout of gompi's Communicator is not the expected one")
	}
	all := make([]int, s.info.Size)
	for i := range all {
		all[i] = i
	}
	handle := handleOf(s.mpi.NewCommunicator(all))
	if code := C.mpiclus_world_error(); code != C.MPI_SUCCESS {
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

// adopt makes a handle the inside of a fixed communicator. The MPI lock is
// held.
func (s *Session) adopt(fixed *Comm, handle uint64) error {
	c := s.NewCall("Comm_dup")
	defer c.Release()
	c.S[table.SlotR] = handle
	C.mpiclus_adopt(c.f)
	c.f.phase = C.MPICLUS_OVER
	if c.f.rc != C.MPI_SUCCESS {
		return mpiError("Comm_dup", int(c.f.rc))
	}
	made := c.newComm()
	made.Name, made.fixed = fixed.Name, true
	*fixed = *made
	fixed.show()
	return nil
}
