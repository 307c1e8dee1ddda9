package link

import (
	"math"
	"unsafe"
)

const (
	alignment = 16
	maxInt    = math.MaxInt
)

// aligned gives n bytes of fresh memory that start at a multiple of 16 bytes.
func aligned(n int) []byte {
	if n == 0 {
		return []byte{}
	}
	// Size classes that are multiples of 16 are aligned so in today's runtime;
	// the check is for tomorrow's.
	p := make([]byte, (n+alignment-1)&^(alignment-1))
	if off := uintptr(unsafe.Pointer(&p[0])) % alignment; off != 0 {
		p = make([]byte, n+alignment)
		off = uintptr(unsafe.Pointer(&p[0])) % alignment
		p = p[(alignment-off)%alignment:]
	}
	return p[:n:n]
}
