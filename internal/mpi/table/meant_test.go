package table

import (
	"slices"
	"strings"
	"testing"
)

// TestMeant: names of others stand for what there is, and are no names of the
// module's own.
func TestMeant(t *testing.T) {
	known := func(name string) bool {
		return ByName[name] != nil || slices.ContainsFunc(Constants, func(c Constant) bool { return c.Name == name })
	}
	for object := range meant {
		for other, is := range Meant(object) {
			if object == "" && known(other) {
				t.Errorf("mpi.%s is there", other)
			}
			if name, whole := strings.CutPrefix(is, "mpi."); (whole || object == "") && !known(name) {
				t.Errorf("%q: there is no mpi.%s", other, name)
			}
		}
	}
	for _, c := range []struct{ name, want string }{
		{"FLOAT64", "did you mean mpi.DOUBLE?"},
		{"MPI_SUM", "did you mean mpi.SUM?"},
		{"MPI_Get_rank", "did you mean mpi.Comm_rank?"},
		{"MPI_", "there is no mpi.MPI_"},
	} {
		if got := Unknown(c.name); !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.name, got, c.want)
		}
	}
}
