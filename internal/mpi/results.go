package mpi

// #include "engine.h"
import "C"

import (
	"math"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// Err returns the error of a call that is over.
func (c *Call) Err() error {
	if c.opErr != nil {
		return c.opErr
	}
	if c.f.rc == C.MPI_SUCCESS {
		return nil
	}
	return c.libraryError()
}

// Text returns the text result.
func (c *Call) Text() string { return C.GoString(&c.f.text[0]) }

// Result returns an integer result: the n-th slot of results.
func (c *Call) Result(n int) int { return int(int32(c.S[table.SlotR+n])) }

// Status returns the status of the first request or of a probe.
func (c *Call) Status() Status { return Status{c.f.st[0]} }

// SetStatus gives the call a status to read.
func (c *Call) SetStatus(st *Status) { c.f.st[0] = st.c }

// Room is what a call receives a message into: elements of a type.
type Room struct {
	Count int
	Type  uint64
}

// Room returns where the call receives, or what it writes to a file.
func (c *Call) Room() Room {
	slot := table.SlotRecv
	if c.Row.WritesFile {
		slot = table.SlotSend
	}
	return Room{int(int32(c.S[slot+1])), c.S[slot+2]}
}

// Double returns a slot that holds a C double.
func (c *Call) Double(slot int) float64 { return math.Float64frombits(c.S[slot]) }

// Ints returns a result that is a list of C ints.
func (c *Call) Ints(slot, n int) []int32 {
	return unsafe.Slice((*int32)(pointer(C.uintptr_t(c.S[slot]))), n)
}

// Words returns a result that is a list of 64-bit numbers.
func (c *Call) Words(slot, n int) []uint64 {
	return unsafe.Slice((*uint64)(pointer(C.uintptr_t(c.S[slot]))), n)
}

// Handles returns a result that is a list of types.
func (c *Call) Handles(slot, n int) []uint64 {
	list := make([]uint64, n)
	for i, h := range unsafe.Slice((*C.MPI_Datatype)(pointer(C.uintptr_t(c.S[slot]))), n) {
		*(*C.MPI_Datatype)(unsafe.Pointer(&list[i])) = h
	}
	return list
}

// Memory returns memory that MPI made as a slice; it is valid as long as MPI
// keeps it.
func (c *Call) Memory(address uint64, n int) []byte {
	if n == 0 {
		return nil
	}
	return unsafe.Slice((*byte)(pointer(C.uintptr_t(address))), n)
}

// PackHandles lays handles of types out as C has them: as pointers in Open
// MPI, as ints in MPICH.
func PackHandles(list []uint64) []byte {
	raw := make([]byte, (len(list)+1)*C.sizeof_MPI_Datatype)
	at := unsafe.Slice((*C.MPI_Datatype)(unsafe.Pointer(unsafe.SliceData(raw))), len(list))
	for i := range list {
		at[i] = *(*C.MPI_Datatype)(unsafe.Pointer(&list[i]))
	}
	return raw
}

// Flag returns the flag that a test of a request has set.
func (c *Call) Flag() bool { return c.f.flag != 0 }
