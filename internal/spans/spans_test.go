package spans_test

import (
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/spans"
)

func TestSpans(t *testing.T) {
	for want, ranks := range map[string][]int{
		"rank 2":                   {2},
		"ranks 0-1 (2 of 9)":       {0, 1},
		"ranks 0,2 (2 of 9)":       {0, 2},
		"ranks 0-3,5,7-8 (7 of 9)": {0, 1, 2, 3, 5, 7, 8},
		"ranks 0-8 (9 of 9)":       {0, 1, 2, 3, 4, 5, 6, 7, 8},
	} {
		if got := spans.Of("rank", ranks, 9); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if got := spans.Of("pid", []rpc.Pid{2, 3}, 3); got != "pids 2-3 (2 of 3)" {
		t.Errorf("got %q", got)
	}
}
