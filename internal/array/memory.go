package array

import (
	"bufio"
	"fmt"
	"math"
	"os"
	"runtime"
	"runtime/metrics"
	"sync"
	"sync/atomic"
	"unsafe"
)

// Alignment is what the memory of every new array is aligned to, in bytes.
const Alignment = 16

// allocate returns zeroed memory for n elements, nil for none.
//
// All of it comes from the Go heap. Memory mapped outside of it was measured
// and is slower at every size (8 MiB made and written: 2.1 ms on the heap,
// 3.7 ms mapped; 1 MiB: 0.22 and 0.87 ms, since each map starts with page
// faults); a slice of the heap also keeps its array alive without a handle,
// and pinning it for C takes 50 ns.
func allocate(t Type, n int) unsafe.Pointer {
	if n == 0 {
		return nil
	}
	size := n * t.Size()
	if size >= largeSize {
		collect(size)
	}
	// The size classes of the Go heap are multiples of 16 from 16 on but for
	// 24, so a size rounded up to 16 lies on a multiple of 16.
	raw := make([]byte, (size+Alignment-1)&^(Alignment-1))
	p := unsafe.Pointer(unsafe.SliceData(raw))
	if uintptr(p)%Alignment != 0 {
		raw = make([]byte, size+Alignment)
		p = unsafe.Pointer(unsafe.SliceData(raw))
		p = unsafe.Add(p, (Alignment-uintptr(p)%Alignment)%Alignment)
	}
	return p
}

// Scripts run faster with a high GOGC, but then large temporary arrays would
// fill the machine before they are collected: with GOGC=800 up to eight times
// what is in use. So large arrays ask for a collection when those made since
// the last one outgrow what was in use then.
const (
	largeSize  = 1 << 20
	freeToFill = 256 << 20
)

var made struct {
	bytes  atomic.Int64 // of large arrays since the cycle below
	cycles atomic.Uint64
}

func collect(size int) {
	if made.bytes.Add(int64(size)) < freeToFill {
		return
	}
	samples := []metrics.Sample{{Name: "/gc/cycles/total:gc-cycles"}, {Name: "/gc/heap/live:bytes"}}
	metrics.Read(samples)
	cycles, live := samples[0].Value.Uint64(), samples[1].Value.Uint64()
	switch {
	case made.cycles.Swap(cycles) != cycles:
		made.bytes.Store(int64(size))
	case uint64(made.bytes.Load()) > live:
		made.bytes.Store(int64(size))
		made.cycles.Store(cycles + 1)
		runtime.GC()
	}
}

// memoryLimit gives the bytes of memory that the machine has, or the largest
// int where that is not known.
var memoryLimit = sync.OnceValue(func() int {
	f, err := os.Open("/proc/meminfo")
	if err != nil {
		return math.MaxInt
	}
	defer f.Close()
	for s := bufio.NewScanner(f); s.Scan(); {
		var kib int
		if n, _ := fmt.Sscanf(s.Text(), "MemTotal: %d kB", &kib); n == 1 {
			return kib << 10
		}
	}
	return math.MaxInt
})
