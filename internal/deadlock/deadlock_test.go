package deadlock

import (
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

const (
	world = 4 // numbers of communicators
	part  = 8
	long  = time.Second
)

// in is a rank of whose chunk a call waits for operations.
func in(name string, waits ...protocol.Operation) Rank {
	var r Rank
	r.Known = true
	r.Calls = []protocol.Pending{{Call: name, Where: "a.lua:1", Task: "mpido 1", Begun: true, Since: long, Waits: waits}}
	r.Tasks = []protocol.Task{{Task: "mpido 1", State: protocol.StateWaiting}}
	return r
}

func recv(peer, tag int) protocol.Operation {
	return protocol.Operation{Call: "Recv", Receives: true, Peer: peer, Tag: tag, Comm: world, Name: "COMM_WORLD", Size: 3}
}

func send(peer, tag int) protocol.Operation {
	o := recv(peer, tag)
	o.Call, o.Sends, o.Receives = "Send", true, false
	return o
}

func collective(call string, root int, nth uint64) protocol.Operation {
	return protocol.Operation{Call: call, Peer: protocol.None, Tag: protocol.None, Root: root, Nth: nth, Comm: world, Name: "COMM_WORLD", Size: 3}
}

func on(comm uint64, ranks []int32, o protocol.Operation) protocol.Operation {
	o.Comm, o.Ranks, o.Size, o.Name = comm, ranks, len(ranks), ""
	return o
}

var (
	over     = Rank{Known: true, Over: true}
	idle     = Rank{Known: true}
	silent   = Rank{}
	computes = Rank{Known: true, Where: protocol.Where{Tasks: []protocol.Task{{Task: "mpido 1", State: protocol.StateComputing}}}}
)

// with gives a rank an operation that is under way.
func with(r Rank, o protocol.Operation) Rank {
	r.Open = append(r.Open, o)
	return r
}

// TestFind: what is a deadlock is told as one, with who waits for whom; what may go on is
// not.
func TestFind(t *testing.T) {
	barrier := in("Barrier", collective("Barrier", protocol.None, 3))
	fresh := in("Recv", recv(0, 5))
	fresh.Calls[0].Since = time.Millisecond
	serving := in("Recv", recv(0, 5))
	serving.Tasks = append(serving.Tasks, protocol.Task{Task: "call from pid 1", State: protocol.StateWaiting, Call: "take"})
	waitany := in("Waitany", recv(1, 5), recv(2, 5))
	waitany.Calls[0].Any = true
	queued := in("Send", send(1, 1))
	queued.Calls[0].Begun = false
	queued.Calls = append(queued.Calls, barrier.Calls[0])
	queued.Calls[1].Native, queued.Calls[1].Task = true, "mpido 2"
	queued.Tasks = append(queued.Tasks, protocol.Task{Task: "mpido 2", State: protocol.StateWaiting})
	mainLoop := over
	mainLoop.Serves, mainLoop.Tasks = true, []protocol.Task{{Task: "a.lua", Main: true, State: protocol.StateWaiting}}
	for name, c := range map[string]struct {
		ranks []Rank
		want  []string // parts of the only text; none: there is no text
	}{
		"cycle of two":            {[]Rank{in("Recv", recv(1, 5)), in("Recv", recv(0, 5)), over}, []string{"each of these waits for the next", "rank 0 waits in Recv at a.lua:1", "rank 1 waits"}},
		"cycle of three":          {[]Rank{in("Recv", recv(1, 5)), in("Wait", recv(2, 5)), in("Recv", recv(0, 5))}, []string{"rank 2 waits in Recv"}},
		"of itself":               {[]Rank{in("Recv", recv(0, 5)), over, over}, []string{"a rank waits for itself"}},
		"sends to each other":     {[]Rank{in("Ssend", send(1, 5)), in("Ssend", send(0, 5)), computes}, []string{"rank 0 waits in Ssend"}},
		"another tag":             {[]Rank{in("Ssend", send(1, 5)), in("Recv", recv(0, 6)), over}, []string{"(rank 1 receives from it, with tag 6)", "(rank 0 sends to it, with tag 5)"}},
		"another kind of call":    {[]Rank{in("Ssend", send(1, 5)), in("recv", on(world|1, nil, recv(0, 5))), over}, []string{"Send and Recv pass arrays"}},
		"another communicator":    {[]Rank{in("Ssend", send(1, 5)), in("Recv", on(part, []int32{0, 1}, recv(0, 5))), over}, []string{"on a communicator of ranks 0-1"}},
		"nobody sends":            {[]Rank{in("Recv", recv(1, 5)), over, over}, []string{"messages that do not come", "rank 1 does not send it"}},
		"nobody at all":           {[]Rank{in("Recv", recv(protocol.Any, 5)), over, in("Recv", recv(0, 1))}, []string{"no rank sends it"}},
		"missing in a Barrier":    {[]Rank{barrier, barrier, over}, []string{"Barrier on COMM_WORLD, which not all", "ranks 0-1 (2 of 3) wait in Barrier at a.lua:1", "rank 2 has not entered it: at its end"}},
		"missing, it receives":    {[]Rank{barrier, barrier, in("Recv", recv(0, 5))}, []string{"rank 2 has not entered it: waiting in Recv"}},
		"different collectives":   {[]Rank{barrier, in("Allreduce", collective("Allreduce", protocol.None, 3)), barrier}, []string{"different collectives on COMM_WORLD", "ranks 0,2 (2 of 3) wait in Barrier", "rank 1 waits in Allreduce"}},
		"different, one computes": {[]Rank{barrier, in("Allreduce", collective("Allreduce", protocol.None, 3)), computes}, []string{"different collectives"}},
		"different roots":         {[]Rank{in("Bcast", collective("Bcast", 0, 3)), in("Bcast", collective("Bcast", 1, 3)), computes}, []string{"different roots of Bcast"}},
		"a call in a part":        {[]Rank{in("Barrier", on(part, []int32{0, 2}, collective("Barrier", protocol.None, 1))), computes, over}, []string{"a communicator of ranks 0,2", "rank 2 has not entered"}},
		"one of several":          {[]Rank{waitany, over, over}, []string{"rank 0 waits in Waitany"}},
		"the main loop":           {[]Rank{in("Recv", recv(1, 5)), mainLoop, over}, []string{"rank 1 does not send it"}},
		"not yet begun":           {[]Rank{queued, in("Recv", recv(0, 1)), over}, []string{"Barrier on COMM_WORLD"}},

		"nothing runs":              {[]Rank{idle, over, silent}, nil},
		"one computes":              {[]Rank{barrier, barrier, computes}, nil},
		"one is silent":             {[]Rank{barrier, silent, barrier}, nil},
		"one has no work yet":       {[]Rank{in("Recv", recv(1, 5)), idle, over}, nil},
		"just begun":                {[]Rank{in("Recv", recv(1, 5)), fresh, over}, nil},
		"another task":              {[]Rank{in("Recv", recv(1, 5)), serving, over}, nil},
		"a message is under way":    {[]Rank{in("Recv", recv(1, 5)), with(in("Recv", recv(0, 5)), send(0, 5)), over}, nil},
		"any tag is under way":      {[]Rank{in("Recv", recv(1, protocol.Any)), with(over, send(0, 5)), over}, nil},
		"one of several may come":   {[]Rank{waitany, over, computes}, nil},
		"all are in it":             {[]Rank{barrier, barrier, barrier}, nil},
		"one is further":            {[]Rank{barrier, in("Barrier", collective("Barrier", protocol.None, 4)), barrier}, nil},
		"begun and not waited for":  {[]Rank{barrier, barrier, with(in("Wait", recv(0, 5)), collective("Ibarrier", protocol.None, 3))}, nil},
		"different, but one is off": {[]Rank{in("Bcast", collective("Bcast", 1, 3)), in("Allreduce", collective("Allreduce", protocol.None, 4)), computes}, nil},
		"nothing is known of it":    {[]Rank{in("Win_fence"), over, over}, nil},
		"of another job":            {[]Rank{in("Recv", on(0, nil, recv(protocol.None, 5))), over, over}, nil},
	} {
		texts := Find(c.ranks, 100*time.Millisecond)
		all := strings.Join(texts, "\n")
		if (len(c.want) > 0) != (len(texts) > 0) || name != "not yet begun" && name != "nobody at all" && len(texts) > 1 {
			t.Errorf("%s: %d texts:\n%s", name, len(texts), all)
		}
		for _, part := range c.want {
			if !strings.Contains(all, part) {
				t.Errorf("%s: no %q in\n%s", name, part, all)
			}
		}
	}
}

// TestFindBounds: numbers that no rank can have do no harm.
func TestFindBounds(t *testing.T) {
	for _, o := range []protocol.Operation{recv(99, 5), recv(-7, 5), on(world, []int32{-1, 1 << 30, 2}, recv(protocol.Any, 1)), on(world, []int32{7, -5}, collective("Barrier", 0, 1))} {
		if o.Size = 1 << 30; o.Nth == 0 {
			o.Size = 3
		}
		Find([]Rank{in("Recv", o), over, in("Recv", o)}, 0)
	}
}
