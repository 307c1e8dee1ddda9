package objects

import (
	"errors"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// three makes a master and the workers 2 and 3, each linked with each.
func three(t *testing.T) (master, owner, asker *Store) {
	t.Helper()
	master, owner, asker = open(t, rpc.Master), open(t, 2), open(t, 3)
	connect(t, master, owner)
	connect(t, master, asker)
	connect(t, owner, asker)
	return master, owner, asker
}

// share gives a reference to a value as another process would get it: its
// call may be on its way still, or not come any more.
func share(s *Store, id ID, kind string) *Reference {
	ref, _ := s.hold(id, kind)
	return ref
}

// waits are all the ways to wait for a value.
var waits = map[string]func(t *testing.T, ref *Reference) error{
	"fetch": func(t *testing.T, ref *Reference) error { _, err := ref.Fetch(t.Context()); return err },
	"wait":  func(t *testing.T, ref *Reference) error { _, err := ref.Wait(t.Context()); return err },
	"take":  func(t *testing.T, ref *Reference) error { _, err := ref.Take(t.Context()); return err },
	"put": func(t *testing.T, ref *Reference) error {
		_, err := ref.Put(&value.Message{Body: []byte{1}}).Await(t.Context())
		return err
	},
}

// fails checks that a wait for a value ends with the error.
func fails(t *testing.T, what string, ref *Reference, want string) {
	t.Helper()
	for name, wait := range waits {
		if (name == "take" || name == "put") != (ref.Kind == KindChannel) {
			continue
		}
		within(t, what+": "+name, func() {
			if err := wait(t, ref); err == nil || !strings.Contains(err.Error(), want) {
				t.Errorf("%s: %s gave %v, want an error with %q", what, name, err, want)
			}
		})
	}
}

var errDied = luaerr.New(luaerr.Lost, "it died")

// TestMakerLostBefore: who asks for a value after the only process that could
// have made it was lost is told so, and does not wait.
func TestMakerLostBefore(t *testing.T) {
	_, owner, asker := three(t)
	owner.node.Forget(4, errDied)
	ref := share(asker, ID{Owner: 2, Maker: 4, Seq: 1}, KindFuture)
	fails(t, "a future that was never made", ref, "it died")
	if ready, err := ref.Ready(t.Context()); !ready || err != nil {
		t.Errorf("isready is %v, %v for what raises at once", ready, err)
	}
	fails(t, "a channel that was never made", share(asker, ID{Owner: 2, Maker: 4, Seq: 2}, KindChannel), "no such channel")
	fails(t, "the same in its process", share(owner, ID{Owner: 2, Maker: 4, Seq: 3}, KindFuture), "it died")
}

// TestMakerLostMeanwhile: the same when the question came first.
func TestMakerLostMeanwhile(t *testing.T) {
	_, owner, asker := three(t)
	ref := share(asker, ID{Owner: 2, Maker: 4, Seq: 1}, KindFuture)
	failed := make(chan error, 2)
	for range 2 {
		go func() { _, err := ref.Fetch(t.Context()); failed <- err }()
	}
	until(t, "the questions", func() bool {
		owner.mu.Lock()
		defer owner.mu.Unlock()
		o := owner.objects.All[ref.ID]
		return o != nil && len(o.waiting) == 2
	})
	owner.node.Forget(4, errDied)
	for range 2 {
		within(t, "the end of the wait", func() {
			if err := <-failed; !strings.Contains(luaerr.From(err).Error(), "it died") {
				t.Errorf("got error %v", err)
			}
		})
	}
}

// TestOwnerLost: waits for what lived in a process end with it, before and
// after.
func TestOwnerLost(t *testing.T) {
	master, owner, asker := three(t)
	future := share(asker, ID{Owner: 2, Maker: 1, Seq: 1}, KindFuture)
	channel := newTestChannel(t, asker, 2, 0)
	failed := make(chan error, 2)
	go func() { _, err := future.Fetch(t.Context()); failed <- err }()
	go func() { _, err := channel.Take(t.Context()); failed <- err }()
	until(t, "the questions", func() bool { return owner.node.Busy() == 2 })
	owner.node.Close()
	master.node.Forget(2, errDied)
	for range 2 {
		within(t, "the end of the wait", func() {
			if err := <-failed; luaerr.From(err).Kind != luaerr.Lost {
				t.Errorf("got error %v", err)
			}
		})
	}
	fails(t, "a future of a lost process", future, "")
	fails(t, "a channel of a lost process", channel, "")
}

// TestRetiredOwner: a call that a retired process did not take will never have
// a value: who waits for it elsewhere is told so.
func TestRetiredOwner(t *testing.T) {
	master, owner, asker := three(t)
	early := share(asker, ID{Owner: 2, Maker: 1, Seq: 7}, KindFuture)
	failed := make(chan error, 1)
	go func() { _, err := early.Fetch(t.Context()); failed <- err }()
	until(t, "the question", func() bool { return owner.node.Busy() == 1 })
	owner.node.Retire()
	within(t, "the end of the wait", func() {
		if err := <-failed; !strings.Contains(luaerr.From(err).Error(), "rmprocs") {
			t.Errorf("got error %v", err)
		}
	})
	ref, call := master.Spawn(2, &value.Message{Body: []byte{1}})
	if err := call.Sent(t.Context()); err != nil {
		t.Fatal(err)
	}
	fails(t, "a call that was not taken", share(asker, ref.ID, KindFuture), "rmprocs")
}

// TestThroughMaster: the same where the two have no link of their own.
func TestThroughMaster(t *testing.T) {
	master, asker := open(t, rpc.Master), open(t, 3)
	connect(t, master, asker)
	toOwner, toMaster := link.Pipe()
	owner := open(t, 2)
	if err := errors.Join(master.node.Attach(2, toOwner), owner.node.Attach(rpc.Master, toMaster)); err != nil {
		t.Fatal(err)
	}
	ref := share(asker, ID{Owner: 2, Maker: 4, Seq: 1}, KindFuture)
	failed := make(chan error, 1)
	go func() { _, err := ref.Fetch(t.Context()); failed <- err }()
	until(t, "the question", func() bool { return owner.node.Busy() == 1 })
	master.node.Forget(4, errDied) // who tells the owner, which tells the asker
	within(t, "the end of the wait", func() {
		if err := <-failed; !strings.Contains(luaerr.From(err).Error(), "it died") {
			t.Errorf("got error %v", err)
		}
	})
	fails(t, "the same after that", ref, "it died")
}
