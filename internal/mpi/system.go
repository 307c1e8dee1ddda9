package mpi

// #include "engine.h"
import "C"

import (
	"bytes"
	"context"
	"encoding/binary"
	"fmt"
	"time"

	gompi "github.com/sbromberger/gompi"
)

// System is a communicator of the software's own: congruent with the job's,
// and out of reach of every script. The ranks come to terms on it before they
// have links, and mpilink sends its frames over it.
type System struct {
	s      *Session
	comm   *gompi.Communicator
	handle uint64
}

// Tags on the system communicator. Tags from tagPayload on belong to the
// payloads of frames.
const (
	tagWord = iota + 1
	tagCome
	tagHeader
	tagPayload
)

// maxWord bounds what a rank says in Meet: a message of this size is on its
// way, whatever the receiver does.
const maxWord = 2000

// NewSystem makes the communicator. It is collective over the job, before
// scripts run.
func (s *Session) NewSystem() (*System, error) {
	s.lock()
	defer s.unlock()
	all := make([]int, s.info.Size)
	for i := range all {
		all[i] = i
	}
	C.mpiclus_world_error()
	y := &System{s: s, comm: s.mpi.NewCommunicator(all)}
	if code := C.mpiclus_world_error(); code != C.MPI_SUCCESS {
		return nil, mpiError("Comm_create", int(code))
	}
	y.handle = handleOf(y.comm)
	return y, nil
}

// Rank returns this process's rank, which is the same as in the job.
func (y *System) Rank() int { return y.s.info.Rank }

// Size returns the number of ranks.
func (y *System) Size() int { return y.s.info.Size }

// Absent says which ranks did not come to a meeting.
type Absent struct {
	Ranks []int // as far as this rank knows
	Cause error
}

func (e *Absent) Error() string { return fmt.Sprintf("ranks %v did not come: %v", e.Ranks, e.Cause) }

// Missing returns the ranks.
func (e *Absent) Missing() []int { return e.Ranks }

// Unwrap returns the end of the context.
func (e *Absent) Unwrap() error { return e.Cause }

// Meet returns each rank the words of all, by rank. It is collective, and waits
// until all ranks are here or ctx ends: the error is then an *Absent, and no
// further meeting can be held. A word has at most 2000 bytes.
func (y *System) Meet(ctx context.Context, word []byte) ([][]byte, error) {
	if len(word) > maxWord {
		return nil, fmt.Errorf("a word of %d bytes is too long for a meeting", len(word))
	}
	if y.Rank() != 0 {
		y.sendShort(word, 0, tagWord)
		if _, err := y.await(ctx, 0, tagCome); err != nil {
			return nil, &Absent{Ranks: []int{0}, Cause: err}
		}
		all, err := y.Share(nil)
		if err != nil {
			return nil, err
		}
		return unpackWords(all, y.Size())
	}
	words := make([][]byte, y.Size())
	words[0] = word
	for rank := 1; rank < len(words); rank++ {
		var err error
		if words[rank], err = y.await(ctx, rank, tagWord); err != nil {
			return nil, &Absent{Ranks: y.absent(rank), Cause: err}
		}
	}
	for rank := 1; rank < len(words); rank++ {
		y.sendShort(nil, rank, tagCome)
	}
	if _, err := y.Share(packWords(words)); err != nil {
		return nil, err
	}
	return words, nil
}

// absent lists the ranks, from one on, whose word has not arrived.
func (y *System) absent(from int) (ranks []int) {
	y.s.lock()
	defer y.s.unlock()
	for rank := from; rank < y.Size(); rank++ {
		if here, _ := y.comm.Iprobe(rank, tagWord); !here {
			ranks = append(ranks, rank)
		}
	}
	return ranks
}

// Share returns every rank the data of rank 0. It is collective and cannot be
// left: the ranks have met just before.
func (y *System) Share(data []byte) ([]byte, error) {
	y.s.lock()
	defer y.s.unlock()
	C.mpiclus_system_error()
	length := []int64{int64(len(data))}
	y.comm.Bcast(length, 0)
	if y.Rank() != 0 {
		data = make([]byte, length[0])
	}
	if len(data) > 0 {
		y.comm.Bcast(data, 0)
	}
	if code := C.mpiclus_system_error(); code != C.MPI_SUCCESS {
		return nil, mpiError("Bcast", int(code))
	}
	return data, nil
}

// sendShort sends a message that is small enough to be on its way at once.
func (y *System) sendShort(b []byte, to, tag int) {
	y.s.lock()
	defer y.s.unlock()
	y.comm.Send(append([]byte{0}, b...), to, tag)
}

// await waits for a message of sendShort, without keeping MPI or a core busy.
func (y *System) await(ctx context.Context, from, tag int) ([]byte, error) {
	for pause := 50 * time.Microsecond; ; pause = min(2*pause, 2*time.Millisecond) {
		y.s.lock()
		here, _ := y.comm.Iprobe(from, tag)
		var b []byte
		if here {
			b, _ = y.comm.Recv[byte](from, tag)
		}
		y.s.unlock()
		if here {
			return bytes.TrimPrefix(b, []byte{0}), nil
		}
		select {
		case <-ctx.Done():
			return nil, context.Cause(ctx)
		case <-time.After(pause):
		}
	}
}

func packWords(words [][]byte) []byte {
	var b []byte
	for _, w := range words {
		b = append(binary.AppendUvarint(b, uint64(len(w))), w...)
	}
	return b
}

func unpackWords(b []byte, n int) ([][]byte, error) {
	words := make([][]byte, n)
	for i := range words {
		size, k := binary.Uvarint(b)
		if k <= 0 || uint64(len(b)-k) < size {
			return nil, fmt.Errorf("the words of a meeting arrived damaged")
		}
		words[i], b = b[k:k+int(size)], b[k+int(size):]
	}
	return words, nil
}
