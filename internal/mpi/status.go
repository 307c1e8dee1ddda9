package mpi

// #include "engine.h"
import "C"

import "unsafe"

const statusSize = C.sizeof_MPI_Status

// Status is what is known of a message or of an operation that is complete.
type Status struct {
	Source, Tag, Error int
	raw                [statusSize]byte // for Get_count and friends
}

func readStatus(st *C.MPI_Status) Status {
	return Status{
		Source: int(st.MPI_SOURCE), Tag: int(st.MPI_TAG), Error: int(st.MPI_ERROR),
		raw: *(*[statusSize]byte)(unsafe.Pointer(st)),
	}
}
