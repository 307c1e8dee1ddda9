package luampi

import (
	"os"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// roleVariable makes this test binary, started by mpirun, one rank of a job
// instead of a program of tests: it names what the rank does.
const roleVariable = "LUAMPI_TEST_ROLE"

// roles are what a rank can do. Each gives the exit status.
var roles = map[string]func() int{"scripts": scriptRank}

func TestMain(m *testing.M) {
	if role := os.Getenv(roleVariable); role != "" {
		mpi.Exit(roles[role]())
	}
	os.Exit(m.Run())
}
