package table

import "testing"

// TestRange: what a range allows, and what its words say of it.
func TestRange(t *testing.T) {
	values := map[string]int{"UNDEFINED": -32766, "A": 1, "B": 2, "C": 4}
	constant := func(name string) int { return values[name] }
	for _, c := range []struct {
		text, words string
		in, out     []int
	}{
		{"0..", "0 or more", []int{0, 1, 1 << 30}, []int{-1, -32766}},
		{"1..", "1 or more", []int{1}, []int{0, -1}},
		{"0..|UNDEFINED", "0 or more, or mpi.UNDEFINED,", []int{0, 7, -32766}, []int{-1}},
		{"A|B|C", "mpi.A, mpi.B or mpi.C", []int{1, 2, 4}, []int{0, 3, -1}},
		{"A|B", "mpi.A or mpi.B", []int{1, 2}, []int{4}},
		{"0+A+B", "0 or a sum of mpi.A and mpi.B", []int{0, 1, 2, 3}, []int{4, 5, -1}},
		{"0+A", "0 or mpi.A", []int{0, 1}, []int{2, -1}},
		{"A+B+C", "a sum of mpi.A, mpi.B and mpi.C", []int{1, 7}, []int{0, 8, -1}},
	} {
		r := parseRange(c.text)
		if r.String() != c.words || r.All() {
			t.Errorf("%s: got %q, want %q", c.text, r.String(), c.words)
		}
		for _, n := range c.in {
			if !r.Allows(n, constant) {
				t.Errorf("%s: %d is not allowed", c.text, n)
			}
		}
		for _, n := range c.out {
			if r.Allows(n, constant) {
				t.Errorf("%s: %d is allowed", c.text, n)
			}
		}
	}
	if all := parseRange(""); !all.All() {
		t.Error("no range does not allow all")
	}
}

// TestRanges: the table's ranges are of numbers, name constants that there are, and
// allow what an argument is when it is left out.
func TestRanges(t *testing.T) {
	known := map[string]bool{}
	for _, c := range Constants {
		known[c.Name] = c.Kind == "INT"
	}
	with := map[Kind]bool{Int: true, Aint: true, Ints: true, Weights: true}
	for _, c := range Calls {
		for _, a := range c.Args {
			if a.Range.All() {
				continue
			}
			if !with[a.Kind] {
				t.Errorf("%s: %s has a range and is %s", c.Name, a.Name, a.Kind)
			}
			for _, list := range [][]string{a.Range.Names, a.Range.Flags} {
				for _, name := range list {
					if !known[name] {
						t.Errorf("%s: the range of %s has %s, which is no number", c.Name, a.Name, name)
					}
				}
			}
			if a.Range.Of == "group" && c.Args[0].Kind != Group {
				t.Errorf("%s: the range of %s is of a group, and the first argument is none", c.Name, a.Name)
			}
			if a.Range.Of == "comm" && !c.HasComm() {
				t.Errorf("%s: the range of %s is of a communicator, and there is none", c.Name, a.Name)
			}
		}
	}
}
