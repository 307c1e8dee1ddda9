package mpi

/*
#include "engine.h"

static int block(uint64_t element, int n, uint64_t *made) {
	mpiclus_slot e = {.u = element}, b = {.u = 0};
	int rc = MPI_Type_contiguous(n, e.type, &b.type);
	if (rc == MPI_SUCCESS) rc = MPI_Type_commit(&b.type);
	*made = b.u;
	return rc;
}
*/
import "C"

import (
	"context"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Block makes a type of n elements of a type that MPI never takes apart, for
// reductions on records. It lives as long as the session, which frees it. It waits
// for MPI, so the interpreter must not be held.
func (s *Session) Block(element uint64, n int) (uint64, error) {
	s.lock()
	defer s.unlock()
	var made C.uint64_t
	if rc := C.block(C.uint64_t(element), C.int(n), &made); rc != C.MPI_SUCCESS {
		return 0, mpiError("Type_contiguous", int(rc))
	}
	s.Own("Type_free", uint64(made))
	return uint64(made), nil
}

// Duplicate makes a communicator of the same ranks whose messages are apart
// from those of the script and of its lower-case calls. It is collective, and
// can be left while it waits for other ranks.
func (s *Session) Duplicate(ctx context.Context, c *Comm) (uint64, error) {
	call := s.NewCall("Comm_dup")
	defer call.Release()
	call.f.plan.adopt = 0 // nobody needs duplicates of the duplicate
	call.Leavable()
	call.S[table.SlotComm] = c.Shadow
	if err := call.Do(ctx); err != nil {
		return 0, err
	}
	made := call.S[table.SlotR]
	s.lock()
	defer s.unlock()
	if id := C.mpiclus_child_id(commOf(c.Shadow)); id != 0 {
		C.mpiclus_know_comm(commOf(made), id, C.int(c.Rank), C.int(c.Size))
	}
	return made, nil
}

// FreeDuplicate frees what Duplicate gave.
func (s *Session) FreeDuplicate(ctx context.Context, handle uint64) error {
	call := s.NewCall("Comm_free")
	defer call.Release()
	call.S[table.SlotComm], call.S[table.SlotX], call.S[table.SlotX+1] = handle, nullComm, nullComm
	return call.Do(ctx)
}

// CountBytes gives the length of the message that a status is of.
func (s *Session) CountBytes(ctx context.Context, st *Status) (int, error) {
	call := s.NewCall("Get_count")
	defer call.Release()
	call.SetStatus(st)
	call.S[table.SlotX] = Constant("BYTE")
	err := call.Do(ctx)
	return call.Result(0), err
}
