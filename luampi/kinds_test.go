package luampi

import (
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// TestKinds: each kind has an entry in one family, which does all that the lines of the
// table with such an argument or result ask for.
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
	for _, row := range table.Calls {
		written := row.Class == table.Hand || row.Class == table.Twin
		for _, a := range row.Args {
			if k := kinds[a.Kind]; !row.Own() && k.read == nil && !(written && k.byHand) {
				t.Errorf("%s: nothing reads its argument %s, of kind %s", row.Name, a.Name, a.Kind)
			} else if a.Leads && k.leads == nil {
				t.Errorf("%s: nothing tells whether %s, of kind %s, stands first", row.Name, a.Name, a.Kind)
			}
		}
		for _, r := range row.Results {
			if !row.Own() && !written && kinds[r.Kind].result == nil {
				t.Errorf("%s: nothing makes its result %s, of kind %s", row.Name, r.Name, r.Kind)
			}
		}
	}
}
