package mpi

/*
#include "engine.h"
*/
import "C"

import (
	"context"
	"errors"
	"unsafe"
)

// Op is a reduction of a script: written in Lua, or of a plugin. It is nothing
// of the library: a call that sits in there goes with one of two ops of the
// session, whose function finds the op through the call that is inside
// (docs/adr/0010). All other reductions with such ops are made of a collective
// that moves their operands, and the op runs when these are here. So nobody's
// progress can run the op of another, and an op ends with its last reference.
type Op struct {
	Commutes bool
	// Run combines n elements of a type from in into inout. It is called
	// with the interpreter held; its error is raised by the MPI call.
	Run func(in, inout unsafe.Pointer, n int, datatype uint64) error
	// Direct is in place of Run for an op that needs no interpreter: it is
	// called without, and should return early when ctx is done.
	Direct func(ctx context.Context, in, inout unsafe.Pointer, n int, datatype uint64) error
}

// makeOwnOps makes the two ops of the session.
func (s *Session) makeOwnOps() error {
	var commutative, ordered C.uint64_t
	if rc := C.mpiclus_own_ops(&commutative, &ordered); rc != C.MPI_SUCCESS {
		return mpiError("Op_create", int(rc))
	}
	s.ownOps = [2]uint64{uint64(ordered), uint64(commutative)}
	return nil
}

// Orders reports whether the library's MAX and MIN compare numbers of a type, of so
// many bytes, as what they are: with a sign or without (MPI 3.1, section 5.9.2). It waits for MPI, and is for the start
// of a process, when nobody else is there.
func (s *Session) Orders(datatype uint64, size int, signed bool) bool {
	s.lock()
	defer s.unlock()
	return C.mpiclus_orders(*(*C.MPI_Datatype)(unsafe.Pointer(&datatype)), C.int(size), flagOf(signed)) != 0
}

// OwnOp returns the handle that a call with Op set passes to the library.
func (s *Session) OwnOp(op *Op) uint64 {
	if op.Commutes {
		return s.ownOps[1]
	}
	return s.ownOps[0]
}

// Sits reports whether the call is one that sits in the library until it is
// over.
func (c *Call) Sits() bool { return c.native }

// mpiclusReduce is what the library calls for an op of the script. It runs on
// the goroutine of the call that is inside.
//
//export mpiclusReduce
func mpiclusReduce(owner C.int32_t, in, inout C.uintptr_t, n C.int, datatype C.uint64_t) {
	s := current
	if owner < 0 || int(owner) >= len(*s.all.Load()) {
		return // not possible: only calls of the script go with our ops
	}
	call := (*s.all.Load())[owner]
	op := call.Op
	switch {
	case call.opErr != nil: // the first error is the one to tell
	case op == nil || call.Caller == nil:
		call.opErr = errors.New("the op of another call ran in this one")
	case op.Direct != nil:
		ctx := call.ctx
		if ctx == nil {
			ctx = context.Background()
		}
		call.opErr = op.Direct(ctx, pointer(in), pointer(inout), int(n), uint64(datatype))
	default:
		call.Caller.Callback(func() {
			call.opErr = op.Run(pointer(in), pointer(inout), int(n), uint64(datatype))
		})
	}
}

// pointer turns an address that C gave into a pointer.
func pointer(address C.uintptr_t) unsafe.Pointer {
	return *(*unsafe.Pointer)(unsafe.Pointer(&address))
}
