package mpi

// #include "engine.h"
import "C"

import (
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// freesAtOnce bounds what one call of FreeComms looks at.
const freesAtOnce = 8

// FreeAfterUse ends the script's use of a communicator, which the library keeps until
// FreeComms finds that no request, window or file is of it any more.
func (s *Session) FreeAfterUse(c *Comm) {
	s.requestsMu.Lock()
	s.freed = append(s.freed, freed{c, s.counted[c.id]})
	s.requestsMu.Unlock()
	c.SetFreed(true)
}

// FreeComms frees some communicators of FreeAfterUse, if MPI is not in use.
// It waits for nothing, so it may be called with the interpreter held.
func (s *Session) FreeComms() {
	s.requestsMu.Lock()
	look := slices.Clone(s.freed[:min(freesAtOnce, len(s.freed))])
	s.freed = s.freed[len(look):]
	later := slices.DeleteFunc(slices.Clone(look), func(f freed) bool { return !f.comm.Kept() && !s.hasRequests(f.comm, f.counts) })
	s.requestsMu.Unlock()
	for _, f := range look {
		if !slices.Contains(later, f) && !s.freeNow(f.comm) {
			later = append(later, f)
		}
	}
	s.requestsMu.Lock()
	s.freed = append(s.freed, later...)
	s.requestsMu.Unlock()
}

// freeNow is false when MPI is in use. A communicator of an older world is gone.
func (s *Session) freeNow(c *Comm) bool {
	call := s.NewCall("Comm_free")
	call.f.world = C.uint64_t(c.generation)
	call.S[table.SlotComm], call.S[table.SlotX], call.S[table.SlotX+1] = c.Handle, c.Shadow, c.Bulk
	done := call.Try()
	call.letGo()
	s.put(call)
	return done
}

// SetFreed ends the use of the communicator, or takes that back when freeing
// it failed.
func (c *Comm) SetFreed(freed bool) {
	if c.freed = freed; freed {
		c.s.forgetCounts(c.id)
		c.hide()
	} else {
		c.show()
	}
}
