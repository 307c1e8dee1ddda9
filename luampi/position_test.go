package luampi

import (
	"os/exec"
	"regexp"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

var prototype = regexp.MustCompile(`\bMPI_(\w+) ?\( ?(MPI_Comm|MPI_Win) ?(\*?)`)

// TestFirstInTheStandard: a communicator or window is taken first by exactly
// the calls whose first argument it is in the library's header.
func TestFirstInTheStandard(t *testing.T) {
	mpitest.Need(t)
	c := exec.Command("mpicc", "-E", "-x", "c", "-")
	c.Stdin = strings.NewReader("#include <mpi.h>\n")
	header, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	first := map[string]bool{}
	for _, m := range prototype.FindAllStringSubmatch(strings.Join(strings.Fields(string(header)), " "), -1) {
		first[m[1]] = first[m[1]] || m[3] == ""
	}
	if len(first) < 50 {
		t.Fatalf("the header has only %d calls with a communicator or window first", len(first))
	}
	marked := 0
	for _, row := range table.Calls {
		n := len(row.Args)
		if n < 2 || row.Args[n-1].Kind != table.Comm && row.Args[n-1].Kind != table.Win {
			continue
		}
		if leads := row.Args[n-1].Leads; leads != first[row.Name] {
			t.Errorf("%s: taken first is %v, in mpi.h it is first: %v", row.Name, leads, first[row.Name])
		} else if leads {
			marked++
		}
	}
	if marked < 25 {
		t.Errorf("only %d calls take it first", marked)
	}
}
