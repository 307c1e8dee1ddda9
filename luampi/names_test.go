package luampi

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// TestNamesOfTheStandard: of each function in the library's header the module
// has a line, or says what to use instead.
func TestNamesOfTheStandard(t *testing.T) {
	mpitest.Need(t)
	folder, err := exec.Command("pkg-config", "--variable=includedir", "ompi").Output()
	if err != nil {
		t.Fatal("where mpi.h is cannot be told: ", err)
	}
	place := strings.TrimSpace(string(folder))
	header, err := os.ReadFile(filepath.Join(place, "mpi.h"))
	if err != nil {
		t.Fatal(err)
	}
	prototypes, _ := os.ReadFile(filepath.Join(place, "mpi_proto.h")) // which MPICH has apart
	header = append(header, prototypes...)
	names := regexp.MustCompile(`\bMPI_([A-Z]\w+)\(`).FindAllSubmatch(header, -1)
	if len(names) < 300 {
		t.Fatalf("the header has %d functions", len(names))
	}
	for _, m := range names {
		name := string(m[1])
		if _, absent := table.Instead(name); !absent && table.ByName[name] == nil && strings.ToUpper(name) != name {
			t.Errorf("nothing is known of MPI_%s", name)
		}
	}
}
