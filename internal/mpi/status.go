package mpi

// #include "engine.h"
import "C"

// Status is what is known of a message or of an operation that is complete.
// It is MPI's own, so that Get_count and friends can read it.
type Status struct{ c C.MPI_Status }

// Kind names it in errors about the arguments of a script.
func (*Status) Kind() string { return "status" }

// TellsTruncated says whether the status of a message that did not fit tells
// how long it is. MPICH tells what it has left of it.
const TellsTruncated = C.MPICLUS_OPEN_MPI != 0

// Source returns the rank that a message came from.
func (st *Status) Source() int { return int(st.c.MPI_SOURCE) }

// Tag returns the tag of a message.
func (st *Status) Tag() int { return int(st.c.MPI_TAG) }

// Error returns the error code of one of several operations.
func (st *Status) Error() int { return int(st.c.MPI_ERROR) }

// NullStatus returns the status of a request that is not active.
func NullStatus() Status {
	var st Status
	st.c.MPI_SOURCE, st.c.MPI_TAG = C.MPI_ANY_SOURCE, C.MPI_ANY_TAG
	return st
}
