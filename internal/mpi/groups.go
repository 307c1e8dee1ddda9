package mpi

/*
#include <stdlib.h>
#include "engine.h"
*/
import "C"

import (
	"slices"
	"sync"
	"unsafe"
)

// Group tells which ranks of the job those of a communicator are.
type Group struct {
	Ranks []int32 // of the job; nil: each rank is the same one there
	Size  int
}

// comms are the communicators that there are, by the handles of what a call may be on:
// the script's own, and the duplicates for the lower-case calls.
type comms struct {
	commsMu sync.Mutex
	shown   map[uint64]shownComm
}

// shownComm is what is told of a communicator to who looks at a call from outside.
type shownComm struct {
	id    uint64 // of the tally, with the bits of a duplicate
	name  string
	group *Group
}

// takeGroup returns the group of a communicator that the call has made.
func (c *Call) takeGroup(made *Comm) *Group {
	if c.f.placed == 0 {
		return nil
	}
	g := &Group{Size: made.Size}
	if c.f.ranks != nil {
		g.Ranks = slices.Clone(unsafe.Slice((*int32)(unsafe.Pointer(c.f.ranks)), made.Size))
		C.free(unsafe.Pointer(c.f.ranks))
	}
	c.f.placed, c.f.ranks = 0, nil
	return g
}

// show has calls on the communicator told with its name and ranks, and hide no more.
func (c *Comm) show() {
	if c.group == nil || c.id == 0 {
		return
	}
	s := c.s
	s.commsMu.Lock()
	defer s.commsMu.Unlock()
	if s.shown == nil {
		s.shown = map[uint64]shownComm{}
	}
	for handle, bits := range map[uint64]uint64{c.Handle: 0, c.Shadow: C.MPICLUS_ID_SHADOW, c.Bulk: C.MPICLUS_ID_BULK} {
		s.shown[handle] = shownComm{c.id | bits, c.Name, c.group}
	}
}

func (c *Comm) hide() {
	s := c.s
	s.commsMu.Lock()
	defer s.commsMu.Unlock()
	for _, handle := range []uint64{c.Handle, c.Shadow, c.Bulk} {
		delete(s.shown, handle)
	}
}

// hideComms hides all, whose world is over.
func (s *comms) hideComms() {
	s.commsMu.Lock()
	defer s.commsMu.Unlock()
	clear(s.shown)
}

func (s *comms) shownOf(handle uint64) shownComm {
	s.commsMu.Lock()
	defer s.commsMu.Unlock()
	return s.shown[handle]
}
