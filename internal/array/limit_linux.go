package array

import (
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"syscall"
)

// reserve is what the Go runtime is left for its own when memory is limited:
// it ends the process when it gets none. It takes addresses in steps of 64 MiB.
const reserve = 128 << 20

// addressesLeft gives how much more memory this process may have by its limit
// of addresses (ulimit -v), and that limit. When size is more than the limit
// leaves, what the Go heap has in hand after a collection counts as well: it
// may lie in pieces, but most often it is that of large arrays.
func addressesLeft(size int) (left, limit int) {
	var r syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_AS, &r) != nil || r.Cur > math.MaxInt {
		return math.MaxInt, math.MaxInt
	}
	limit = int(r.Cur)
	var pages int
	text, err := os.ReadFile("/proc/self/statm")
	if n, _ := fmt.Sscan(string(text), &pages); err != nil || n != 1 {
		return math.MaxInt, limit
	}
	if left = limit - pages*os.Getpagesize() - reserve; size > left {
		runtime.GC()
		inHand := []metrics.Sample{{Name: "/memory/classes/heap/free:bytes"}, {Name: "/memory/classes/heap/released:bytes"}}
		metrics.Read(inHand)
		left = max(left, int(inHand[0].Value.Uint64()+inHand[1].Value.Uint64()))
	}
	return left, limit
}
