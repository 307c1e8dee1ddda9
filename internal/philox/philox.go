// Package philox is the generator of random numbers of this software:
// Philox4x64-10, which is counter-based. A number is a function of a key and a
// counter, so any number of streams exist beside each other, and any place of a
// stream is reached at once.
//
// Source: Salmon, Moraes, Dror, Shaw: "Parallel random numbers: as easy as 1, 2,
// 3", SC 2011. It has a period of 2^130 for each key and passes the tests of
// TestU01.
package philox

import (
	"crypto/sha256"
	"encoding/binary"
	"math/bits"
)

const (
	rounds = 10
	// The multipliers of the two halves, and what is added to the key in each round.
	multiplier0, multiplier1 = 0xD2E7470EE14C6C93, 0xCA5A826395121157
	weyl0, weyl1             = 0x9E3779B97F4A7C15, 0xBB67AE8584CAA73B
)

// block returns the four numbers of a counter under a key.
func block(counter [4]uint64, key [2]uint64) [4]uint64 {
	c0, c1, c2, c3 := counter[0], counter[1], counter[2], counter[3]
	k0, k1 := key[0], key[1]
	for range rounds {
		high0, low0 := bits.Mul64(multiplier0, c0)
		high1, low1 := bits.Mul64(multiplier1, c2)
		c0, c1, c2, c3 = high1^c1^k0, low1, high0^c3^k1, low0
		k0 += weyl0
		k1 += weyl1
	}
	return [4]uint64{c0, c1, c2, c3}
}

// What stands for a rank in the streams that are the same for all ranks, and in
// those of a process that has none.
const (
	NoRank = -1
	Master = -2
)

// Lane says which of all streams one is. Streams of different lanes have no
// number in common: seed and half of the name's mark are the key, rank, group and
// the other half are words of the counter, of which the block function is a
// permutation for each key. Names are told apart by 128 bits of their SHA-256.
type Lane struct {
	Seed uint64
	// Group and Rank say whose stream it is: an MPI job of the cluster, 0 the
	// first, and a rank of that, NoRank or Master.
	Group, Rank int
	Name        string
}

// Stream is a sequence of random numbers, a rand.Source of math/rand/v2. The zero
// value is the stream of the zero seed.
type Stream struct {
	key   [2]uint64
	lane  [2]uint64 // the upper words of the counter
	next  uint64    // the counter of the block after buf
	buf   [4]uint64
	ahead int // numbers of buf that are still to come: the last ones
}

// New returns the stream of a lane, at its beginning.
func New(l Lane) *Stream {
	s := &Stream{key: [2]uint64{l.Seed, 0}, lane: [2]uint64{uint64(l.Rank-NoRank)&0xffffffff | uint64(l.Group)<<32, 0}}
	if l.Name != "" {
		mark := sha256.Sum256([]byte(l.Name))
		s.key[1], s.lane[1] = binary.BigEndian.Uint64(mark[:]), binary.BigEndian.Uint64(mark[8:])
	}
	return s
}

// Uint64 returns the next number of 64 random bits.
func (s *Stream) Uint64() uint64 {
	if s.ahead == 0 {
		s.fill()
	}
	x := s.buf[4-s.ahead]
	s.ahead--
	return x
}

func (s *Stream) fill() {
	s.buf = block([4]uint64{s.next, 0, s.lane[0], s.lane[1]}, s.key)
	s.next++
	s.ahead = 4
}

// Position returns how many numbers of 64 bits lie before the next one.
func (s *Stream) Position() uint64 { return s.next*4 - uint64(s.ahead) }

// Seek makes the number after the first position ones the next. It takes the
// same time for any position.
func (s *Stream) Seek(position uint64) {
	s.next, s.ahead = position/4, 0
	if rest := int(position % 4); rest > 0 {
		s.fill()
		s.ahead -= rest
	}
}
