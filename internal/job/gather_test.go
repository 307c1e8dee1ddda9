package job

import "testing"

// TestMissing walks looks at the ranks that have a process, and holds which one is
// taken for lost, and when.
func TestMissing(t *testing.T) {
	for name, c := range map[string]struct {
		looks [][]int // of 4 ranks: those with a process
		gone  []int   // after each look
	}{
		"all are there":                      {[][]int{{0, 1, 2, 3}, {0, 1, 2, 3}, {0, 1, 2, 3}}, []int{-1, -1, -1}},
		"cannot be told":                     {[][]int{{}, {}, {}, {}, {}, {}, {}, {}}, []int{-1, -1, -1, -1, -1, -1, -1, -1}},
		"starts slowly":                      {[][]int{{0}, {0}, {0}, {0, 1}, {0, 1}, {0, 1}, {0, 1, 2}, {0, 1, 2}, {0, 1, 2, 3}}, []int{-1, -1, -1, -1, -1, -1, -1, -1, -1}},
		"one is lost":                        {[][]int{{0, 1, 2, 3}, {0, 1, 3}, {0, 1, 3}}, []int{-1, -1, 2}},
		"one is lost while others start":     {[][]int{{0, 1}, {0}, {0, 2}}, []int{-1, -1, 1}},
		"one is lost before the first look":  {[][]int{{0, 1, 3}, {0, 1, 3}, {0, 1, 3}, {0, 1, 3}, {0, 1, 3}, {0, 1, 3}}, []int{-1, -1, -1, -1, -1, 2}},
		"not seen at one look, as all begin": {[][]int{{0, 1, 2, 3}, {0, 1, 3}, {0, 1, 2, 3}, {0, 1, 3}}, []int{-1, -1, -1, -1}},
	} {
		t.Run(name, func(t *testing.T) {
			var m missing
			for i, look := range c.looks {
				running := map[int]bool{}
				for _, rank := range look {
					running[rank] = true
				}
				if got := m.look(running, 4); got != c.gone[i] {
					t.Fatalf("look %d: rank %d is gone, want %d", i+1, got, c.gone[i])
				}
			}
		})
	}
}
