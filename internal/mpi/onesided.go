package mpi

// #include "engine.h"
import "C"

import (
	"os"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/rankenv"
)

// MayUseUCX reports whether the library may choose Open MPI's osc/ucx for windows:
// it does so where users have said something else than rankenv, and from 5 on.
// Its table of the arrays that are attached to a dynamic window is wrong in more
// than one way.
func MayUseUCX() bool {
	excluded, isList := strings.CutPrefix(os.Getenv("OMPI_MCA_osc"), "^")
	return C.MPICLUS_OPEN_MPI != 0 && !(isList && slices.Contains(strings.Split(excluded, ","), "ucx"))
}

// SharesWindows reports whether memory that the library makes for a window of
// one machine is reached without the help of the rank whose it is. In MPICH
// atomic accesses go to that rank.
func (s *Session) SharesWindows() bool {
	major := libraryMajor()
	chosen := os.Getenv("OMPI_MCA_osc")
	ours := slices.ContainsFunc(rankenv.Of(major), func(e rankenv.Setting) bool { return e.Name == "OMPI_MCA_osc" && e.Value == chosen })
	return C.MPICLUS_OPEN_MPI != 0 && major > 0 && (chosen == "" || ours)
}
