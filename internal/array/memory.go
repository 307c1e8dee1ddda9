package array

import "unsafe"

// Alignment is what the memory of every new array is aligned to, in bytes.
const Alignment = 16

// allocate gives zeroed memory for n elements on the Go heap, nil for none.
func allocate(t Type, n int) unsafe.Pointer {
	if n == 0 {
		return nil
	}
	// The size classes of the Go heap are multiples of 16 from 16 on but for
	// 24, so a size rounded up to 16 lies on a multiple of 16.
	size := n * t.Size()
	raw := make([]byte, (size+Alignment-1)&^(Alignment-1))
	p := unsafe.Pointer(unsafe.SliceData(raw))
	if off := uintptr(p) % Alignment; off != 0 {
		raw = make([]byte, size+Alignment)
		p = unsafe.Pointer(unsafe.SliceData(raw))
		p = unsafe.Add(p, (Alignment-uintptr(p)%Alignment)%Alignment)
	}
	return p
}
