package mpilink

import (
	"math/bits"
	"sync"
)

// Header messages lie in buffers that are used again: one that is allocated
// for each message costs more than the message.
const (
	leastBuffer = 12 // bits: 4 KB
	mostBuffer  = 16 // 64 KB
)

var buffers [mostBuffer - leastBuffer + 1]sync.Pool

// takeBuffer returns n bytes of memory with any content, n at most maxHeader.
// giveBuffer takes them back.
func takeBuffer(n int) []byte {
	class := max(bits.Len(uint(max(n, 1)-1)), leastBuffer) - leastBuffer
	if b, ok := buffers[class].Get().(*[]byte); ok {
		return (*b)[:n]
	}
	return make([]byte, n, 1<<(class+leastBuffer))
}

func giveBuffer(b []byte) {
	class := bits.Len(uint(cap(b)-1)) - leastBuffer
	if class >= 0 && class < len(buffers) && cap(b) == 1<<(class+leastBuffer) {
		b = b[:0]
		buffers[class].Put(&b)
	}
}
