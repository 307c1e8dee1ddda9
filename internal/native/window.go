package native

import (
	"runtime"
	"unsafe"

	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// A WebAssembly module sees one memory of up to 4 GiB, by addresses from 0. Arrays
// lie all over Go's heap, and are neither moved nor copied: the memory is a window
// onto the heap, that begins at the lowest array of the loop. When the next entry
// has arrays elsewhere, the window moves: to grow a memory makes the module ask
// where it is. Loops look at each index themselves, so nothing else in the window
// is ever touched.

const (
	windowPages = 1<<16 - 1 // one less than there can be: room to grow
	windowSize  = windowPages << 16
)

// window is the memory of one module.
type window struct {
	at   unsafe.Pointer // an array, or anchor
	copy []byte         // of all arrays, if they are not to be used in place
}

// anchor is what windows begin at that show nothing yet.
var anchor = new([64]byte)

// Allocate implements experimental.MemoryAllocator.
func (w *window) Allocate(_, _ uint64) experimental.LinearMemory { return w }

// Reallocate implements experimental.LinearMemory.
func (w *window) Reallocate(uint64) []byte {
	if w.at == nil {
		w.at = unsafe.Pointer(anchor)
	}
	view := struct {
		at       unsafe.Pointer
		len, cap int
	}{w.at, windowSize, windowSize} // unsafe.Slice would ask whether all of it is one object
	return *(*[]byte)(unsafe.Pointer(&view))
}

// Free implements experimental.LinearMemory.
func (w *window) Free() {}

func memoryOf(a *array.Array) (p unsafe.Pointer, size uintptr) {
	b := a.Bytes()
	return unsafe.Pointer(unsafe.SliceData(b)), uintptr(len(b))
}

// show has the module see all the arrays, and reports whether one window can. It
// gives no addresses: those count from where the window begins.
func (w *window) show(m api.Module, arrays []*array.Array) bool {
	low, lowest, high := unsafe.Pointer(nil), ^uintptr(0), uintptr(0)
	for _, a := range arrays {
		p, size := memoryOf(a)
		if size == 0 {
			continue
		}
		if uintptr(p) < lowest {
			low, lowest = p, uintptr(p)
		}
		high = max(high, uintptr(p)+size)
	}
	if low == nil || uintptr(w.at) <= lowest && high-uintptr(w.at) <= windowSize && w.at != nil {
		return true
	}
	if high-lowest > windowSize {
		return false
	}
	w.at = low
	_, ok := m.Memory().Grow(1)
	return ok
}

// margin is what lies between arrays in a copy, to see whether it stays as it was.
const margin = 64

// showCopies has the module see copies of the arrays, one behind the other, if no two
// of them share memory: what the loop writes to the one, it must read from the other.
// It is for tests.
func (w *window) showCopies(m api.Module, arrays []*array.Array) bool {
	size := margin
	for i, a := range arrays {
		p, n := memoryOf(a)
		for _, b := range arrays[:i] {
			q, k := memoryOf(b)
			if uintptr(p) < uintptr(q)+k && uintptr(q) < uintptr(p)+n {
				return false
			}
		}
		size += (int(n)+15)&^15 + margin
	}
	w.copy = make([]byte, size)
	for i := range w.copy {
		w.copy[i] = 0xa5
	}
	w.at = unsafe.Pointer(unsafe.SliceData(w.copy))
	_, ok := m.Memory().Grow(1)
	return ok
}

// hide ends what show began.
func (w *window) hide(m api.Module, arrays []*array.Array) {
	offset := margin
	if copying {
		for _, a := range arrays {
			size := len(a.Bytes())
			copy(a.Bytes(), w.copy[offset:])
			offset += (size+15)&^15 + margin
		}
		w.checkMargins(arrays)
		w.copy = nil
	}
	runtime.KeepAlive(arrays)
	if w.at != unsafe.Pointer(anchor) { // or it would keep an array
		w.at = unsafe.Pointer(anchor)
		m.Memory().Grow(1)
	}
}

// checkMargins panics if something beside the arrays has changed.
func (w *window) checkMargins(arrays []*array.Array) {
	from := 0
	for i := range len(arrays) + 1 {
		for _, b := range w.copy[from : from+margin] {
			if b != 0xa5 {
				panic("native: a loop has written beside an array")
			}
		}
		if i < len(arrays) {
			from += margin + (len(arrays[i].Bytes())+15)&^15
		}
	}
}
