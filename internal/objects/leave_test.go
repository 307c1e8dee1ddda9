package objects

import (
	"errors"
	"sync/atomic"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// counting counts the frames that go out on a link.
type counting struct {
	link.Link
	sent *atomic.Int64
}

func (c counting) Send(f *link.Frame) error {
	c.sent.Add(1)
	return c.Link.Send(f)
}

// TestManyLeave: workers that end together tell each other nothing; one that
// stays hears of all.
func TestManyLeave(t *testing.T) {
	const many = 20
	master := open(t, rpc.Master).node
	var toStaying, toLeaving atomic.Int64
	attach := func(n *rpc.Node, sent *atomic.Int64) {
		there, here := link.Pipe()
		if err := errors.Join(master.Attach(n.Self(), counting{there, sent}), n.Attach(rpc.Master, here)); err != nil {
			t.Fatal(err)
		}
	}
	staying := open(t, 2)
	attach(staying.node, &toStaying)
	pids := []rpc.Pid{}
	for pid := range rpc.Pid(many) {
		pids = append(pids, pid+3)
		attach(open(t, pid+3).node, &toLeaving)
	}
	master.Join(append(pids, 2)...)
	until(t, "the news of who is here", func() bool { return len(staying.node.Members()) == many+2 && toLeaving.Load() == many })
	master.Leave(pids...)
	gone, left := pids[:many/2], pids[many/2:]
	for _, pid := range gone {
		master.Forget(pid, errDied)
	}
	for _, pid := range left { // an answer comes after all that was told before
		if _, err := master.Call(t.Context(), pid, rpc.Request{Service: "none"}); err == nil {
			t.Fatal("there is a service called none")
		}
	}
	for _, pid := range gone {
		fails(t, "what a process that left had", share(staying, ID{Owner: pid, Maker: pid, Seq: 1}, KindFuture), "it died")
	}
	if len(staying.node.Members()) != 2 {
		t.Errorf("members are %v, want 1 and 2", staying.node.Members())
	}
	if n := toLeaving.Load() - many; n != int64(len(left)) {
		t.Errorf("%d frames went to %d processes that leave, want one question for each", n, len(left))
	}
	if n := toStaying.Load(); n > many+10 { // one for each, one for all of them, and what was asked
		t.Errorf("%d frames went to one that stays while %d left", n, many)
	}
}
