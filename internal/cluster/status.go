package cluster

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

const (
	serviceSettle = "settle" // give back what is garbage; answer when the owners know
	serviceStatus = "status" // answer: Status
)

// Status is what a process tells about itself.
type Status struct {
	Futures, Channels int // that live there
	References        int // that it has to values of any process
	Running           int // calls and chunks that it serves
	Heap              uint64
}

// status is status() → a table: by pid what each process has, and the sums
// values, futures, channels, references, running.
func (m *Module) status(L *lua.LState) int {
	pids := m.Node.Members()
	var all []Status
	m.wait(L, func(ctx context.Context) (err error) {
		if _, err = m.callAll(ctx, pids, rpc.Request{Service: serviceSettle}); err != nil {
			return err
		}
		all, err = m.askStatus(ctx, pids)
		return err
	})
	table, sum := L.NewTable(), Status{}
	for i, s := range all {
		vm.SetInt(table, int(pids[i]), statusTable(L, s))
		sum.Futures += s.Futures
		sum.Channels += s.Channels
		sum.References += s.References
		sum.Running += s.Running
		sum.Heap += s.Heap
	}
	vm.ForEach(statusTable(L, sum), func(k, v lua.LValue) { vm.RawSet(table, k, v) })
	L.Push(table)
	return 1
}

func (m *Module) askStatus(ctx context.Context, pids []rpc.Pid) ([]Status, error) {
	replies, err := m.callAll(ctx, pids, rpc.Request{Service: serviceStatus})
	if err != nil {
		return nil, err
	}
	all := make([]Status, len(pids))
	for i, reply := range replies {
		if err := protocol.Decode(reply.Data, &all[i]); err != nil {
			return nil, err
		}
	}
	return all, nil
}

func statusTable(L *lua.LState, s Status) *lua.LTable {
	t := L.NewTable()
	for name, n := range map[string]int{
		"values": s.Futures + s.Channels, "futures": s.Futures, "channels": s.Channels,
		"references": s.References, "running": s.Running, "heap": int(s.Heap),
	} {
		t.RawSetString(name, lua.LNumber(n))
	}
	return t
}

func (m *Module) serveStatus(r *rpc.Incoming) {
	var s Status
	s.Futures, s.Channels, s.References = m.Objects.Count()
	s.Running = m.Node.Busy() - 1 // not counting this question
	s.Heap = interp.HeapBytes()
	r.Post(rpc.Reply{Data: protocol.Encode(s)})
}

// settleLimit is how long a process waits for its clean-ups to come to rest:
// they run some moments after the collection that found what is garbage.
const settleLimit = 50 * time.Millisecond

// serveSettle answers when what is garbage here is given back.
func (m *Module) serveSettle(r *rpc.Incoming) {
	go func() {
		begin := time.Now()
		for last := -1; time.Since(begin) < settleLimit; {
			_, _, now := m.Objects.Count()
			if now == last {
				break
			}
			last = now
			time.Sleep(2 * time.Millisecond)
		}
		if err := m.Objects.Flush(r.Context); err != nil {
			r.Fail(err)
			return
		}
		r.Post(rpc.Reply{})
	}()
}
