package job

import "testing"

// TestMissing walks looks at the ranks that have a process, and holds which one is
// taken for lost, and when.
func TestMissing(t *testing.T) {
	type looks struct {
		times   int
		running []int // of 4 ranks
	}
	for name, c := range map[string]struct {
		looks []looks
		gone  int // after the last look; none may be before
	}{
		"all are there":                     {[]looks{{50, []int{0, 1, 2, 3}}}, -1},
		"cannot be told":                    {[]looks{{50, nil}}, -1},
		"starts slowly":                     {[]looks{{looksNoStart + 2, []int{0}}, {looksNoStart + 2, []int{0, 1}}, {looksNoStart + 2, []int{0, 1, 2}}, {50, []int{0, 1, 2, 3}}}, -1},
		"one is lost":                       {[]looks{{1, []int{0, 1, 2, 3}}, {looksGone, []int{0, 1, 3}}}, 2},
		"one is lost while others start":    {[]looks{{1, []int{0, 1}}, {looksGone, []int{0, 2}}}, 1},
		"one is lost before the first look": {[]looks{{looksNoStart + 2 + 1, []int{0, 1, 3}}}, 2},
		"one is not found at some looks":    {[]looks{{1, []int{0, 1, 2, 3}}, {looksGone - 1, []int{0, 1, 3}}, {1, []int{0, 1, 2, 3}}, {looksGone - 1, []int{0, 1, 3}}}, -1},
	} {
		t.Run(name, func(t *testing.T) {
			var m missing
			got, at := -1, 0
			for _, look := range c.looks {
				running := map[int]bool{}
				for _, rank := range look.running {
					running[rank] = true
				}
				for range look.times {
					if at++; got != -1 {
						t.Fatalf("rank %d was gone before look %d", got, at)
					}
					got = m.look(running, 4)
				}
			}
			if got != c.gone {
				t.Fatalf("rank %d is gone after %d looks, want %d", got, at, c.gone)
			}
		})
	}
}
