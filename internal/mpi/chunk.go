package mpi

import (
	"context"
	"fmt"
	"slices"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// BeginChunk finds or makes the communicator of some ranks of the job, in the
// order given, and waits until all of them are here; nil means all ranks, and no
// wait. Each of the ranks calls it with the same list, before it runs the
// chunk, without the interpreter. The wait ends with ctx. COMM_CHUNK is that
// communicator once show was called by whoever holds the interpreter.
//
// Chunks of the same ranks use one communicator until the next Renew.
func (s *Session) BeginChunk(ctx context.Context, ranks []int) (show func(), err error) {
	if ranks == nil {
		return s.EndChunk, nil
	}
	if !slices.Contains(ranks, s.info.Rank) {
		return nil, fmt.Errorf("rank %d is not among the ranks %v of the chunk", s.info.Rank, ranks)
	}
	key := fmt.Sprint(ranks)
	s.chunksMu.Lock()
	made := s.chunks[key]
	s.chunksMu.Unlock()
	if made == nil {
		if made, err = s.makeChunk(ctx, ranks); err != nil {
			return nil, fmt.Errorf("a communicator of ranks %v: %w", ranks, err)
		}
		s.chunksMu.Lock()
		s.chunks[key] = made
		s.chunksMu.Unlock()
	}
	return func() { s.chunk.behind = made }, nil
}

// forgetChunks has later chunks make communicators of their own: those there are
// have ended with their world.
func (s *Session) forgetChunks() {
	s.chunksMu.Lock()
	defer s.chunksMu.Unlock()
	s.chunks = map[string]*Comm{}
}

// EndChunk makes COMM_CHUNK the world again. Only who holds the interpreter may
// call it.
func (s *Session) EndChunk() { s.chunk.behind = s.world }

// makeChunk makes a communicator of ranks. Comm_create_group cannot be left
// while it waits, so the ranks first find each other with messages that can.
func (s *Session) makeChunk(ctx context.Context, ranks []int) (*Comm, error) {
	if err := s.meet(ctx, ranks); err != nil {
		return nil, err
	}
	all, err := s.local(ctx, "Comm_group", func(c *Call) { c.S[table.SlotComm] = s.world.Handle })
	if err != nil {
		return nil, err
	}
	list := make([]int32, len(ranks))
	for i, r := range ranks {
		list[i] = int32(r)
	}
	group, err := s.local(ctx, "Group_incl", func(c *Call) {
		c.S[table.SlotX], c.S[table.SlotX+1] = all, uint64(len(list))
		c.S[table.SlotX+2] = c.Hold(unsafe.Pointer(unsafe.SliceData(list)))
	})
	if err != nil {
		return nil, err
	}
	defer func() {
		s.FreeLater("Group_free", all)
		s.FreeLater("Group_free", group)
	}()
	c := s.NewCall("Comm_create_group")
	defer c.Release()
	c.f.barrier = 0
	c.S[table.SlotComm], c.S[table.SlotX], c.S[table.SlotX+1] = s.world.Shadow, group, 0
	if err := c.Wait(ctx); err != nil {
		return nil, err
	}
	made := c.Adopted()
	made.Name, made.fixed = s.chunk.Name, true
	return made, nil
}

// local runs a local call and returns its first result.
func (s *Session) local(ctx context.Context, name string, fill func(c *Call)) (uint64, error) {
	c := s.NewCall(name)
	defer c.Release()
	fill(c)
	err := c.Do(ctx)
	return c.S[table.SlotR], err
}

// meet returns when all of the ranks are in it: in round k each tells the one
// 2^k places on. The messages go on the world's Bulk with a tag that no
// value has.
func (s *Session) meet(ctx context.Context, ranks []int) error {
	me, n := slices.Index(ranks, s.info.Rank), len(ranks)
	word := make([]byte, 2)
	for step := 1; step < n; step *= 2 {
		c := s.NewCall("Sendrecv")
		for slot, b := range map[int]*byte{table.SlotSend: &word[0], table.SlotRecv: &word[1]} {
			c.S[slot], c.S[slot+1], c.S[slot+2] = c.Hold(unsafe.Pointer(b)), 1, Constant("BYTE")
		}
		c.S[table.SlotPeer], c.S[table.SlotPeer2] = uint64(ranks[(me+step)%n]), uint64(ranks[(me-step+n)%n])
		c.S[table.SlotTag], c.S[table.SlotTag2] = uint64(s.maxTag), uint64(s.maxTag)
		c.S[table.SlotComm] = s.world.Bulk
		err := c.Do(ctx)
		c.Release()
		if err != nil {
			return err
		}
	}
	return nil
}
