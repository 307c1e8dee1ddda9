package mpi

import (
	"context"
	"fmt"
	"os"
	"testing"
	"time"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// rankVariable makes this test binary, started by mpirun, a rank of a job.
const rankVariable = "MPI_TEST_RANK"

func TestMain(m *testing.M) {
	if os.Getenv(rankVariable) != "" {
		if err := lateInterrupt(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		Exit(0)
	}
	os.Exit(m.Run())
}

// TestLateInterrupt: an interrupt that arrives when the wait is over already
// does not leave the wait of whoever uses the call next. And ranks meet whether or
// not the newest world was shown to them.
func TestLateInterrupt(t *testing.T) {
	mpitest.Need(t)
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	c := mpitest.Mpirun(1, self)
	c.Env = append(c.Env, rankVariable+"=1", "MPICLUS_OVERSUBSCRIBED=1")
	c.Untidy = true
	c.Limit = 30 * time.Second
	if r := mpitest.Run(t, c); r.Status != 0 {
		t.Fatal(r)
	}
}

func lateInterrupt() error {
	s, err := Init(Config{})
	if err != nil {
		return err
	}
	c := s.NewCall("Recv")
	leave, sent, left := c.leave, make(chan error, 1), make(chan struct{})
	first := make(chan struct{}) // closed when the first message was sent
	c.leave = func() {
		defer close(left)
		<-first
		time.Sleep(300 * time.Millisecond) // the wait is over by then
		leave()
	}
	ctx, cancel := context.WithCancel(context.Background())
	if err := receive(ctx, s, c, sent, cancel, func() { close(first) }); err != nil {
		return fmt.Errorf("message 0: %w", err)
	}
	if err := receive(context.Background(), s, c, sent, func() { <-left }, func() {}); err != nil {
		return fmt.Errorf("message 1: %w", err)
	}
	for range 2 { // nobody is shown the world of the first: all can meet still
		if _, err := s.Renew(context.Background()); err != nil {
			return err
		}
	}
	if s.Dirty() {
		return fmt.Errorf("a wait was left")
	}
	return s.Finalize()
}

// receive waits for a message from this process itself, which is sent when begin,
// which is called during the wait, has returned; end is called after that.
func receive(ctx context.Context, s *Session, c *Call, sent chan error, begin, end func()) error {
	c.Prepare(c.Row)
	element := make([]byte, 1)
	s.message(c, table.SlotRecv, element)
	go func() {
		time.Sleep(50 * time.Millisecond)
		begin()
		d := s.NewCall("Send")
		defer d.Release()
		s.message(d, table.SlotSend, []byte{7})
		err := d.Do(context.Background())
		end()
		sent <- err
	}()
	if err := c.Wait(ctx); err != nil || !c.Over() {
		return fmt.Errorf("the wait was left (%v)", err)
	}
	c.Reset()
	if err := <-sent; err != nil || element[0] != 7 {
		return fmt.Errorf("got %d (%v)", element[0], err)
	}
	return nil
}

// message fills in the arguments of a message from this process to itself.
func (s *Session) message(c *Call, slot int, data []byte) {
	c.S[slot], c.S[slot+1], c.S[slot+2] = c.Hold(unsafe.Pointer(&data[0])), uint64(len(data)), Constant("BYTE")
	c.S[table.SlotPeer], c.S[table.SlotTag], c.S[table.SlotComm] = 0, 3, s.Self().Handle
}
