package npy

import "github.com/mpiclus/mpiclus-lua/internal/array"

// swapBytes turns the byte order of all numbers of a type round, in place.
func swapBytes(t array.Type, raw []byte) {
	size := t.Size()
	if t == array.Complex64 || t == array.Complex128 {
		size /= 2 // of real and imaginary part
	}
	switch size {
	case 2:
		for i := 0; i+2 <= len(raw); i += 2 {
			raw[i], raw[i+1] = raw[i+1], raw[i]
		}
	case 4:
		for i := 0; i+4 <= len(raw); i += 4 {
			raw[i], raw[i+1], raw[i+2], raw[i+3] = raw[i+3], raw[i+2], raw[i+1], raw[i]
		}
	case 8:
		for i := 0; i+8 <= len(raw); i += 8 {
			e := raw[i : i+8 : i+8]
			e[0], e[1], e[2], e[3], e[4], e[5], e[6], e[7] = e[7], e[6], e[5], e[4], e[3], e[2], e[1], e[0]
		}
	}
}

// turned returns elements of size bytes and these dimensions in the other order: as
// Fortran has them, the first index fastest, where they were as C has them, and the
// other way round with the dimensions turned round.
func turned(raw []byte, size int, dims []int) []byte {
	out := make([]byte, len(raw))
	// strides[k] is how far apart neighbours of index k are in the result.
	strides, step := make([]int, len(dims)), size
	for k, d := range dims {
		strides[k] = step
		step *= d
	}
	index, to := make([]int, len(dims)), 0
	for from := 0; from < len(raw); from += size {
		copy(out[to:to+size], raw[from:from+size])
		for k := len(dims) - 1; k >= 0; k-- {
			index[k]++
			to += strides[k]
			if index[k] < dims[k] {
				break
			}
			to -= index[k] * strides[k]
			index[k] = 0
		}
	}
	return out
}

// ordersDiffer reports whether the two orders put the elements into different places:
// two dimensions have more than one, and none is empty.
func ordersDiffer(dims []int) bool {
	long := 0
	for _, d := range dims {
		if d == 0 {
			return false
		}
		if d > 1 {
			long++
		}
	}
	return long > 1
}
