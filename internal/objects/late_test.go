package objects

import (
	"context"
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

var errStop = luaerr.New(luaerr.Interrupted, "stopped by the test")

// until waits for what happens in other goroutines.
func until(t *testing.T, what string, ok func() bool) {
	t.Helper()
	within(t, what, func() {
		for !ok() && !t.Failed() {
			time.Sleep(time.Millisecond)
		}
	})
}

// TestFlushIsLeft gives a share back to a process that does not answer.
func TestFlushIsLeft(t *testing.T) {
	s := open(t, rpc.Master)
	mine, theirs := link.Pipe()
	defer theirs.Close()
	if err := s.node.Attach(2, mine); err != nil {
		t.Fatal(err)
	}
	s.release(ID{Owner: 2, Maker: 2, Seq: 1})
	ctx, cancel := context.WithCancelCause(t.Context())
	time.AfterFunc(20*time.Millisecond, func() { cancel(errStop) })
	within(t, "Flush", func() {
		if err := s.Flush(ctx); luaerr.From(err).Kind != luaerr.Interrupted {
			t.Errorf("got error %v", err)
		}
	})
}

// newTestChannel makes a channel of a process in another one, with items from
// 1 to n in it.
func newTestChannel(t *testing.T, s *Store, at rpc.Pid, items int) *Reference {
	t.Helper()
	ref, call := s.NewChannel(at, Unbounded)
	for i := 0; ; i++ {
		if _, err := call.Await(t.Context()); err != nil {
			t.Fatal(err)
		}
		if i == items {
			return ref
		}
		call = ref.Put(&value.Message{Body: binary.LittleEndian.AppendUint32(nil, uint32(i+1))})
	}
}

func itemOf(reply *rpc.Reply) int { return int(binary.LittleEndian.Uint32(reply.Message.Body)) }

// TestItemGoesBack cancels a take when the item has come, and when it is on
// its way: the next take gets that item.
func TestItemGoesBack(t *testing.T) {
	for name, owner := range map[string]rpc.Pid{"here": 1, "there": 2} {
		for _, delay := range []time.Duration{0, 50 * time.Millisecond} {
			t.Run(fmt.Sprint(name, " ", delay), func(t *testing.T) {
				a, b := open(t, rpc.Master), open(t, 2)
				toB, toA := link.Pipe()
				if err := a.node.Attach(2, toB); err != nil {
					t.Fatal(err)
				}
				if err := b.node.Attach(1, link.Fault(toA, link.FaultPlan{Delay: delay})); err != nil {
					t.Fatal(err)
				}
				ref := newTestChannel(t, a, owner, 2)
				req := ref.request(serviceTake)
				req.OnUnread = ref.Return
				call := a.node.Start(t.Context(), owner, req)
				if err := call.Sent(t.Context()); err != nil {
					t.Fatal(err)
				}
				home := map[rpc.Pid]*Store{1: a, 2: b}[owner]
				until(t, "the item that leaves", func() bool { return home.inChannel(ref.ID) == 1 })
				if delay == 0 { // let the item come
					if _, err := ref.Open(t.Context()); err != nil {
						t.Fatal(err)
					}
				}
				call.Cancel(errStop)
				until(t, "the item that comes back", func() bool { return home.inChannel(ref.ID) == 2 })
				for want := 1; want <= 2; want++ {
					reply, err := ref.Take(t.Context())
					if err != nil || itemOf(reply) != want {
						t.Fatalf("item %d, %v; want %d", itemOf(reply), err, want)
					}
				}
			})
		}
	}
}

// TestItemsKeepTheirOrder gives items back in every order, also with an item
// beside them that stayed: they are in their old order again.
func TestItemsKeepTheirOrder(t *testing.T) {
	for name, owner := range map[string]rpc.Pid{"here": 1, "there": 2} {
		for _, order := range [][]int{{1, 2, 3}, {3, 2, 1}, {2, 1, 3}, {1, 3, 2}} {
			t.Run(fmt.Sprint(name, order), func(t *testing.T) {
				a, b := open(t, rpc.Master), open(t, 2)
				connect(t, a, b)
				ref := newTestChannel(t, a, owner, 4)
				var taken [4]*rpc.Reply
				for i := 1; i <= 3; i++ {
					reply, err := ref.Take(t.Context())
					if err != nil || itemOf(reply) != i {
						t.Fatalf("item %d, %v; want %d", itemOf(reply), err, i)
					}
					taken[i] = reply
				}
				for _, i := range order {
					ref.Return(taken[i])
				}
				for want := 1; want <= 4; want++ {
					reply, err := ref.Take(t.Context())
					if err != nil || itemOf(reply) != want {
						t.Fatalf("item %d, %v; want %d", itemOf(reply), err, want)
					}
				}
			})
		}
	}
}

// inChannel is the number of items in a channel.
func (s *Store) inChannel(id ID) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.objects.All[id].channel.items)
}

// TestNoItemIsLost takes with contexts that end at any moment: every item is
// taken once.
func TestNoItemIsLost(t *testing.T) {
	const items, takers = 300, 4
	a, b := open(t, rpc.Master), open(t, 2)
	connect(t, a, b)
	ref := newTestChannel(t, a, 2, items)
	var mu sync.Mutex
	seen := map[int]int{}
	var group sync.WaitGroup
	for range takers {
		group.Go(func() {
			for {
				mu.Lock()
				over := len(seen) == items
				mu.Unlock()
				if over {
					return
				}
				ctx, cancel := context.WithTimeout(t.Context(), time.Duration(rand.IntN(200))*time.Microsecond)
				if reply, err := ref.Take(ctx); err == nil {
					mu.Lock()
					seen[itemOf(reply)]++
					mu.Unlock()
				}
				cancel()
			}
		})
	}
	within(t, "all items", group.Wait)
	for i, n := range seen {
		if n != 1 {
			t.Errorf("item %d was taken %d times", i, n)
		}
	}
}

// TestReturnedReferences returns an item that holds a future: the channel
// holds it as before.
func TestReturnedReferences(t *testing.T) {
	a, b := open(t, rpc.Master), open(t, 2)
	connect(t, a, b)
	future, done := a.Promise()
	done(rpc.Reply{Message: &value.Message{}})
	ref := newTestChannel(t, a, 2, 0)
	if _, err := ref.Put(&value.Message{Body: make([]byte, 4), Travellers: []value.Traveller{future}}).Await(t.Context()); err != nil {
		t.Fatal(err)
	}
	for range 3 {
		reply, err := ref.Take(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		ref.Return(reply)
		until(t, "the item", func() bool { return b.inChannel(ref.ID) == 1 })
		b.mu.Lock()
		travels := len(b.objects.All[ref.ID].channel.items[0].message.Travellers)
		b.mu.Unlock()
		if travels == 0 {
			t.Fatal("an item that came back has lost its reference")
		}
	}
}
