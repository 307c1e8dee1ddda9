package host

import (
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/deadlock"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// uninterruptible is what a worker is at that is in no call of MPI.
const uninterruptible = "code outside of MPI"

// describe says what a worker is at.
func describe(where protocol.Where) string {
	if len(where.Calls) == 0 {
		return uninterruptible
	}
	var texts []string
	for i := range where.Calls {
		texts = append(texts, deadlock.Place(&where.Calls[i]))
	}
	return strings.Join(texts, ", ")
}

// otherFailed is why ranks are stopped that did not fail themselves.
const otherFailed = "interrupted because another rank failed"

// placeOf reports where a rank was when it was stopped for that reason: in MPI,
// as it said itself then, or else at the line that its error names.
func placeOf(e *luaerr.Error, said, reason string) string {
	if said == "" || said == uninterruptible {
		return strings.TrimSuffix(e.Message, ": "+reason)
	}
	return said
}

// stoppedAt reports where ranks were when they were stopped.
func stoppedAt(places map[int]string, of int) []string {
	return deadlock.AtPlaces(places, of, "was stopped in", "were stopped in")
}
