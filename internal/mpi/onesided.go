package mpi

import "os"

// oneSided chooses which of its components for windows a version of Open MPI
// may use, "" for what it takes by itself. Measured on one machine, 3 ranks,
// with a target that computes (docs/mpi.md has the table):
//
//   - 4: rdma ends the process in Compare_and_swap. Without it Win_allocate
//     and Win_allocate_shared take sm, which needs nothing of the target;
//     Win_create takes ucx, which waits until the target calls MPI (Progress).
//   - 5: without rdma the next choice, ucx, fails for every window.
func oneSided(major int) string {
	if major < 5 {
		return "^rdma"
	}
	return ""
}

// SharesWindows reports whether memory that the library makes for a window of
// one machine is reached without the help of the rank whose it is.
func (s *Session) SharesWindows() bool {
	major := libraryMajor()
	chosen := os.Getenv("OMPI_MCA_osc")
	return major > 0 && (chosen == "" || chosen == oneSided(major))
}
