package luampi

import (
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// TestKinds: each kind has one entry, which does all that the lines of the table ask for
// whose argument or result is of the kind.
func TestKinds(t *testing.T) {
	entries := map[table.Kind]int{}
	for _, f := range families {
		for k := range f {
			entries[k]++
		}
	}
	for k := range table.Kinds {
		if entries[k] != 1 {
			t.Errorf("kind %s has %d entries in the families of kinds.go", k, entries[k])
		}
	}
	for _, row := range table.All {
		written := row.Class == table.Hand || row.Class == table.Twin
		for _, a := range row.Args {
			if k := kinds[a.Kind]; k.read == nil && !(written && k.byHand) || a.Leads && k.leads == nil {
				t.Errorf("%s: its argument %s is of kind %s, whose entry does not read it, or not tell that it stands first", row.Name, a.Name, a.Kind)
			}
		}
		for _, r := range row.Results {
			if kinds[r.Kind].result == nil && !written {
				t.Errorf("%s: its result %s is of kind %s, whose entry does not make it", row.Name, r.Name, r.Kind)
			}
		}
	}
}
