// Package plugintest runs the parts of a plugin in a test, without a host,
// without a process of its own and without MPI.
//
//	plugintest.Ranks(t, 3, func(c *plugins.Comm) error {
//		results, err := describe(plugins.NewCall(t.Context(), c, plugins.NewArray(parts[c.Rank()])))
//		…
//	})
package plugintest

import (
	"context"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// limit ends ranks that wait for each other for ever.
const limit = 30 * time.Second

// Ranks runs f on n ranks at once, each in a goroutine with a Comm of its
// own, and fails the test for every rank that gives an error or waits longer
// than half a minute.
func Ranks(t testing.TB, n int, f func(c *plugins.Comm) error) {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	defer cancel()
	errs := make([]error, n)
	var wait sync.WaitGroup
	for rank, c := range Comms(ctx, n) {
		wait.Add(1)
		go func() {
			defer wait.Done()
			defer func() {
				if v := recover(); v != nil {
					errs[rank] = fmt.Errorf("panic: %v", v)
				}
			}()
			errs[rank] = f(c)
		}()
	}
	wait.Wait()
	for rank, err := range errs {
		if err != nil {
			t.Errorf("rank %d of %d: %v", rank, n, err)
		}
	}
}

// Comms returns the Comms of n ranks that live in this process. Calls wait for
// the other ranks until ctx is done.
func Comms(ctx context.Context, n int) []*plugins.Comm {
	w := &world{size: n, boxes: make([][]message, n), changed: make(chan struct{})}
	list := make([]*plugins.Comm, n)
	for rank := range list {
		list[rank] = plugins.NewComm(ctx, rank, n, &member{w: w, rank: rank})
	}
	return list
}

// world is what the ranks share.
type world struct {
	size int

	mu      sync.Mutex
	boxes   [][]message // received and not yet taken, by rank
	rounds  []*round    // of collectives
	changed chan struct{}
}

type message struct {
	source, tag int
	typ         plugins.Type
	data        []byte
}

// round is one collective: the operation of each rank that is there.
type round struct {
	ops  []*plugins.Operation
	here int
	done chan struct{}
	err  error
}

// member is a rank's Transport.
type member struct {
	w    *world
	rank int
	next int // number of the next collective
}

func (m *member) Do(ctx context.Context, op *plugins.Operation) error {
	switch op.Kind {
	case plugins.OpSend:
		return m.send(op)
	case plugins.OpRecv:
		return m.recv(ctx, op, true)
	case plugins.OpProbe:
		return m.recv(ctx, op, false)
	case plugins.OpSendrecv:
		if err := m.send(op); err != nil {
			return err
		}
		return m.recv(ctx, op, true)
	}
	return m.collective(ctx, op)
}

func (m *member) send(op *plugins.Operation) error {
	if op.Dest < 0 || op.Dest >= m.w.size {
		return fmt.Errorf("rank %d is not in a communicator of %d", op.Dest, m.w.size)
	}
	m.w.mu.Lock()
	defer m.w.mu.Unlock()
	own := append([]byte(nil), op.Send...)
	m.w.boxes[op.Dest] = append(m.w.boxes[op.Dest], message{m.rank, op.Tag, op.Type, own})
	close(m.w.changed)
	m.w.changed = make(chan struct{})
	return nil
}

func (m *member) recv(ctx context.Context, op *plugins.Operation, take bool) error {
	for {
		m.w.mu.Lock()
		changed, box := m.w.changed, m.w.boxes[m.rank]
		for i, msg := range box {
			if op.Source != plugins.AnySource && op.Source != msg.source || op.RecvTag != plugins.AnyTag && op.RecvTag != msg.tag {
				continue
			}
			op.Status = plugins.Status{Source: msg.source, Tag: msg.tag, Bytes: len(msg.data)}
			if take {
				m.w.boxes[m.rank] = append(box[:i:i], box[i+1:]...)
			}
			m.w.mu.Unlock()
			if take && len(msg.data) > len(op.Recv) {
				return &plugins.MPIError{Class: "ERR_TRUNCATE", Message: "Recv: ERR_TRUNCATE: the message is longer than the array"}
			}
			copy(op.Recv, msg.data)
			return nil
		}
		m.w.mu.Unlock()
		select {
		case <-changed:
		case <-ctx.Done():
			return fmt.Errorf("rank %d waits for a message: %w", m.rank, context.Cause(ctx))
		}
	}
}

// collective waits for all ranks; the last one computes for all.
func (m *member) collective(ctx context.Context, op *plugins.Operation) error {
	m.w.mu.Lock()
	if m.next == len(m.w.rounds) {
		m.w.rounds = append(m.w.rounds, &round{ops: make([]*plugins.Operation, m.w.size), done: make(chan struct{})})
	}
	r := m.w.rounds[m.next]
	m.next++
	r.ops[m.rank] = op
	r.here++
	if r.here == m.w.size {
		r.err = compute(r.ops)
		close(r.done)
	}
	m.w.mu.Unlock()
	select {
	case <-r.done:
		return r.err
	case <-ctx.Done():
		return fmt.Errorf("rank %d waits in a collective of kind %d: %w", m.rank, op.Kind, context.Cause(ctx))
	}
}
