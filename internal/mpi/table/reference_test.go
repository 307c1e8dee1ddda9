package table

import (
	"flag"
	"os"
	"testing"
)

var update = flag.Bool("update", false, "write docs/mpi-reference.md anew")

func TestReferenceIsCurrent(t *testing.T) {
	const file = "../../../docs/mpi-reference.md"
	if *update {
		if err := os.WriteFile(file, []byte(Reference()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	have, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if string(have) != Reference() {
		t.Error("docs/mpi-reference.md is not what the table says: run `make docs`")
	}
}
