package mpi

/*
#include "engine.h"
*/
import "C"

import (
	"context"
	"errors"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// maxOps is how many ops of scripts may be in use at once: each has a C
// function of its own (session.c).
const maxOps = 64

// Op is a reduction written in Lua.
type Op struct {
	Handle uint64
	// Run combines n elements of a type from in into inout. It is called
	// with the interpreter held; its error is raised by the MPI call that
	// ran the reduction.
	Run func(in, inout unsafe.Pointer, n int, datatype uint64) error
	// Direct is in place of Run for an op that needs no interpreter: it is
	// called without, and should return early when ctx is done.
	Direct func(ctx context.Context, in, inout unsafe.Pointer, n int, datatype uint64) error
	index  int
}

// ErrTooManyOps says that all of the 64 functions are taken.
var ErrTooManyOps = errors.New("64 ops are in use: free some with Op_free")

// PrepareOp takes a place for an op and the call that makes it; FinishOp
// ends it when the call is over.
func (s *Session) PrepareOp(commute bool, run func(in, inout unsafe.Pointer, n int, datatype uint64) error) (*Op, *Call, error) {
	op := &Op{Run: run, index: -1}
	s.mu.Lock()
	for i := range s.ops {
		if s.ops[i] == nil {
			s.ops[i], op.index = op, i
			break
		}
	}
	s.mu.Unlock()
	if op.index < 0 {
		return nil, nil, ErrTooManyOps
	}
	c := s.NewCall("Op_create")
	c.S[table.SlotX] = uint64(op.index)
	c.S[table.SlotX+1] = 0
	if commute {
		c.S[table.SlotX+1] = 1
	}
	return op, c, nil
}

// FinishOp takes the handle from the call that made the op.
func (s *Session) FinishOp(op *Op, c *Call) error {
	if err := c.Err(); err != nil {
		s.ForgetOp(op)
		return err
	}
	op.Handle = c.S[table.SlotR]
	s.nops.Add(1)
	return nil
}

// ForgetOp gives the place of an op free, after Op_free. MPI itself keeps an
// op until the operations that use it are over, so scripts must not free one
// before.
func (s *Session) ForgetOp(op *Op) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ops[op.index] == op {
		s.ops[op.index] = nil
		if op.Handle != 0 {
			s.nops.Add(-1)
		}
	}
}

// mpiclusReduce is what the C function of an op calls. It runs on the
// goroutine that is inside MPI, whose call is the owner of the lock.
//
//export mpiclusReduce
func mpiclusReduce(index C.int, in, inout C.uintptr_t, n C.int, datatype C.uint64_t) {
	s := current
	call := (*s.all.Load())[C.mpiclus_owner]
	s.mu.Lock()
	op := s.ops[index]
	s.mu.Unlock()
	if call.opErr != nil {
		return // the first error is the one to tell
	}
	if op != nil && op.Direct != nil {
		ctx := call.ctx
		if ctx == nil {
			ctx = context.Background()
		}
		call.opErr = op.Direct(ctx, pointer(in), pointer(inout), int(n), uint64(datatype))
		return
	}
	if op == nil || call.Caller == nil {
		call.opErr = errors.New("a reduction written in Lua ran outside of a call of the script")
		return
	}
	call.Caller.Callback(func() {
		call.opErr = op.Run(pointer(in), pointer(inout), int(n), uint64(datatype))
	})
}

// pointer turns an address that C gave into a pointer.
func pointer(address C.uintptr_t) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
