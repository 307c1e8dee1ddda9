package array

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// move writes the elements of src to dst, which has its shape and type. Either may
// be strided. Where they share memory, dst gets what src had.
func move(dst, src *Array) {
	switch {
	case dst.n == 0:
		return
	case dst.steps == nil && src.steps == nil:
		copy(dst.Bytes(), src.Bytes())
		return
	case dst.overlaps(src):
		src = src.Copy()
	}
	moveSteps(dst, src, src.strides())
}

// moveSteps is move with other steps for src, 0 where its one element stands for
// all of a dimension. The two share no memory.
func moveSteps(dst, src *Array, steps []int) {
	dims, strides := join(dst.shape(), dst.strides(), steps)
	d, s := way{dst.p, strides[0]}, way{src.p, strides[1]}
	switch dst.typ.Size() {
	case 1:
		moveAll[uint8](dims, d, s)
	case 2:
		moveAll[uint16](dims, d, s)
	case 4:
		moveAll[uint32](dims, d, s)
	case 8:
		moveAll[uint64](dims, d, s)
	default:
		moveAll[complex128](dims, d, s)
	}
}

// way leads through the elements of an array: where the first lies, and the steps.
type way struct {
	p     unsafe.Pointer
	steps []int
}

// enter returns the way through the inner dimensions at index i of the first.
func enter[T any](w way, i int) way {
	return way{step[T](w.p, i*w.steps[0]), w.steps[1:]}
}

// step returns the place of an element that lies so many after that at p.
func step[T any](p unsafe.Pointer, count int) unsafe.Pointer {
	var one T
	return unsafe.Add(p, count*int(unsafe.Sizeof(one)))
}

func moveAll[T any](dims []int, dst, src way) {
	switch len(dims) {
	case 1:
		moveRun[T](dst.p, src.p, dims[0], dst.steps[0], src.steps[0])
	case 2:
		movePlane[T](dims, dst, src)
	default:
		for i := range dims[0] {
			moveAll[T](dims[1:], enter[T](dst, i), enter[T](src, i))
		}
	}
}

// moveRun moves n elements along one dimension.
func moveRun[T any](dst, src unsafe.Pointer, n, dstStep, srcStep int) {
	switch {
	case dstStep == 1 && srcStep == 1:
		copy(unsafe.Slice((*T)(dst), n), unsafe.Slice((*T)(src), n))
	case dstStep == 1:
		for i := range unsafe.Slice((*T)(dst), n) {
			*(*T)(step[T](dst, i)) = *(*T)(step[T](src, i*srcStep))
		}
	default:
		for i := range n {
			*(*T)(step[T](dst, i*dstStep)) = *(*T)(step[T](src, i*srcStep))
		}
	}
}

// movePlane moves two dimensions: by tiles that stay in the cache where the one
// array goes along its rows while the other goes across them.
func movePlane[T any](dims []int, dst, src way) {
	const tile = 32
	if size(src.steps[1]) <= size(src.steps[0]) && size(dst.steps[1]) <= size(dst.steps[0]) {
		for i := range dims[0] {
			moveRun[T](enter[T](dst, i).p, enter[T](src, i).p, dims[1], dst.steps[1], src.steps[1])
		}
		return
	}
	for r0 := 0; r0 < dims[0]; r0 += tile {
		for c0 := 0; c0 < dims[1]; c0 += tile {
			n := min(tile, dims[1]-c0)
			for r := r0; r < min(r0+tile, dims[0]); r++ {
				moveRun[T](step[T](dst.p, r*dst.steps[0]+c0*dst.steps[1]), step[T](src.p, r*src.steps[0]+c0*src.steps[1]),
					n, dst.steps[1], src.steps[1])
			}
		}
	}
}

// moveSized moves n elements of so many bytes along one dimension.
func moveSized(bytes int, dst, src unsafe.Pointer, n, dstStep, srcStep int) {
	switch bytes {
	case 1:
		moveRun[uint8](dst, src, n, dstStep, srcStep)
	case 2:
		moveRun[uint16](dst, src, n, dstStep, srcStep)
	case 4:
		moveRun[uint32](dst, src, n, dstStep, srcStep)
	case 8:
		moveRun[uint64](dst, src, n, dstStep, srcStep)
	default:
		moveRun[complex128](dst, src, n, dstStep, srcStep)
	}
}

// size returns the magnitude of a step.
func size(step int) int { return max(step, -step) }

// fill writes a Lua value to all elements; an error, and nothing is written, where
// the type cannot hold it.
func (a *Array) fill(v lua.LValue) error {
	if a.steps == nil {
		return kernels[a.typ].fill(a, v)
	}
	one := New(a.typ, 1)
	if err := one.store(0, v); err != nil {
		return err
	}
	moveSteps(a, one, make([]int, a.rank()))
	return nil
}

// SetBytes writes all elements from raw memory, which has them one after the
// other, the last index fastest. It must be as long as the elements are.
func (a *Array) SetBytes(raw []byte) {
	if a.n == 0 {
		return
	}
	if a.steps == nil {
		copy(a.Bytes(), raw)
		return
	}
	src, err := FromBytes(a.typ, raw)
	if err != nil || src.n != a.n {
		panic("array: SetBytes of another length than that of the array")
	}
	src.dims = a.dims
	move(a, src)
}
