package link

import (
	"math"
	"strings"
	"unsafe"
)

const (
	alignment = 16
	maxInt    = math.MaxInt
)

// aligned returns n bytes of memory that start at a multiple of 16 bytes. What
// they hold is left over from something else: the caller writes all of them.
func aligned(n int) []byte {
	if n == 0 {
		return []byte{}
	}
	// Size classes that are multiples of 16 are aligned so in today's runtime;
	// the check is for tomorrow's.
	p := unzeroed((n + alignment - 1) &^ (alignment - 1))
	if off := uintptr(unsafe.Pointer(&p[0])) % alignment; off != 0 {
		p = unzeroed(n + alignment)
		off = uintptr(unsafe.Pointer(&p[0])) % alignment
		p = p[(alignment-off)%alignment:]
	}
	return p[:n:n]
}

// unzeroed is make without the zeros, which take half as long as the copy of
// a large blob that is to be there. A Builder is the one way to get that; its
// text is never used as a string.
func unzeroed(n int) []byte {
	var b strings.Builder
	b.Grow(n)
	b.WriteByte(0)
	return unsafe.Slice(unsafe.StringData(b.String()), n)
}
