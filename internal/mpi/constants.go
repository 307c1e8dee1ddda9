package mpi

// #include "engine.h"
import "C"

import (
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var (
	constants    map[string]uint64
	errorClasses = map[int]string{}
	worldHandle  uint64 // MPI_COMM_WORLD itself, which no script touches
	nullComm     uint64
	nullRequest  uint64
)

// readConstants asks C for the values of constants.h.
func readConstants() {
	values := make([]uint64, len(table.Constants))
	C.mpiclus_constants((*C.uint64_t)(unsafe.Pointer(unsafe.SliceData(values))))
	constants = make(map[string]uint64, len(values))
	for i, c := range table.Constants {
		constants[c.Name] = values[i]
		if c.Kind == "ERROR" && (c.Name != "ERR_LASTCODE") {
			errorClasses[int(int32(values[i]))] = c.Name
		}
	}
	nullComm, nullRequest = constants["COMM_NULL"], constants["REQUEST_NULL"]
	worldHandle = uint64(C.mpiclus_world())
}

// Constant returns the value of a constant as a slot holds it: a handle, an
// address, or a C int in the low half. It panics on a name that constants.h
// does not have.
func Constant(name string) uint64 {
	v, ok := constants[name]
	if !ok {
		panic("mpi: no constant " + name)
	}
	return v
}

// Int returns the value of a constant that is a number.
func Int(name string) int { return int(int32(Constant(name))) }
