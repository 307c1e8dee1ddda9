package host

import (
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// TestStands: ranks stand still when each is in the very calls that it was in
// before.
func TestStands(t *testing.T) {
	in := func(call string, number uint64) protocol.Where {
		return protocol.Where{Calls: []protocol.Pending{{Call: call, Task: "mpido 2", Where: "job.lua:3", Number: number}}}
	}
	server := protocol.Where{Calls: []protocol.Pending{{Call: "Recv", Task: "call of pid 1", Number: 1}}}
	recv, barrier := in("Recv", 0), in("Barrier", 0)
	type look = map[int]protocol.Where
	for name, c := range map[string]struct {
		before, now look
		want        bool
	}{
		"the same":         {look{0: recv, 1: barrier}, look{0: recv, 1: barrier}, true},
		"others are over":  {look{0: recv, 1: barrier}, look{0: recv}, true},
		"first look":       {nil, look{0: recv}, false},
		"all are over":     {look{0: recv}, look{}, false},
		"one is outside":   {look{0: recv, 1: {}}, look{0: recv, 1: {}}, false},
		"others wait":      {look{0: server}, look{0: server}, false},
		"one has moved":    {look{0: recv, 1: barrier}, look{0: recv, 1: recv}, false},
		"the next call":    {look{0: recv}, look{0: in("Recv", 7)}, false},
		"one more of them": {look{0: recv}, look{0: {Calls: append(recv.Calls, barrier.Calls...)}}, false},
	} {
		if got := stands(only("mpido 2", c.before), only("mpido 2", c.now)); got != c.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}
