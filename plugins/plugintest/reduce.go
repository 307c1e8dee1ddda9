package plugintest

import (
	"fmt"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// reduce carries out the reductions. Operands are combined in order of rank.
func reduce(ops []*plugins.Operation) error {
	first := ops[0]
	combine, err := combiner(first.Type, first.Op)
	if err != nil {
		return err
	}
	sends := make([][]byte, len(ops)) // as they were: Recv may be Send
	for rank, op := range ops {
		if len(op.Send) != len(first.Send) {
			return fmt.Errorf("rank %d reduces %d bytes, rank 0 %d", rank, len(op.Send), len(first.Send))
		}
		sends[rank] = append([]byte(nil), op.Send...)
	}
	upTo := func(n int) []byte {
		acc := append([]byte(nil), sends[0]...)
		for _, b := range sends[1:n] {
			combine(acc, b)
		}
		return acc
	}
	for rank, op := range ops {
		switch op.Kind {
		case plugins.OpReduce:
			if rank == op.Root {
				copy(op.Recv, upTo(len(ops)))
			}
		case plugins.OpAllreduce:
			copy(op.Recv, upTo(len(ops)))
		case plugins.OpScan:
			copy(op.Recv, upTo(rank+1))
		case plugins.OpExscan:
			if rank > 0 {
				copy(op.Recv, upTo(rank))
			}
		}
	}
	return nil
}

type real interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64 | float32 | float64
}

type integer interface {
	int8 | int16 | int32 | int64 | uint8 | uint16 | uint32 | uint64
}

// combiner returns a function that sets acc to acc op b.
func combiner(t plugins.Type, op plugins.Reduction) (func(acc, b []byte), error) {
	var f func(acc, b []byte)
	switch t {
	case plugins.Int8:
		f = integers[int8](op)
	case plugins.Int16:
		f = integers[int16](op)
	case plugins.Int32:
		f = integers[int32](op)
	case plugins.Int64:
		f = integers[int64](op)
	case plugins.Uint8:
		f = integers[uint8](op)
	case plugins.Uint16:
		f = integers[uint16](op)
	case plugins.Uint32:
		f = integers[uint32](op)
	case plugins.Uint64:
		f = integers[uint64](op)
	case plugins.Float32:
		f = reals[float32](op)
	case plugins.Float64:
		f = reals[float64](op)
	case plugins.Complex64:
		f = numbers[complex64](op)
	case plugins.Complex128:
		f = numbers[complex128](op)
	}
	if f == nil {
		return nil, fmt.Errorf("reduction %d does not work on %s", op, t)
	}
	return f, nil
}

func each[T any](f func(a, b T) T) func(acc, b []byte) {
	return func(acc, b []byte) {
		if len(acc) == 0 {
			return
		}
		var zero T
		n := len(acc) / int(unsafe.Sizeof(zero))
		x := unsafe.Slice((*T)(unsafe.Pointer(&acc[0])), n)
		y := unsafe.Slice((*T)(unsafe.Pointer(&b[0])), n)
		for i := range x {
			x[i] = f(x[i], y[i])
		}
	}
}

func numbers[T real | complex64 | complex128](op plugins.Reduction) func(acc, b []byte) {
	switch op {
	case plugins.Sum:
		return each(func(a, b T) T { return a + b })
	case plugins.Prod:
		return each(func(a, b T) T { return a * b })
	}
	return nil
}

func reals[T real](op plugins.Reduction) func(acc, b []byte) {
	switch op {
	case plugins.Min:
		return each(func(a, b T) T { return min(a, b) })
	case plugins.Max:
		return each(func(a, b T) T { return max(a, b) })
	}
	return numbers[T](op)
}

func integers[T integer](op plugins.Reduction) func(acc, b []byte) {
	logical := func(f func(a, b bool) bool) func(acc, b []byte) {
		return each(func(a, b T) T {
			if f(a != 0, b != 0) {
				return 1
			}
			return 0
		})
	}
	switch op {
	case plugins.Land:
		return logical(func(a, b bool) bool { return a && b })
	case plugins.Lor:
		return logical(func(a, b bool) bool { return a || b })
	case plugins.Lxor:
		return logical(func(a, b bool) bool { return a != b })
	case plugins.Band:
		return each(func(a, b T) T { return a & b })
	case plugins.Bor:
		return each(func(a, b T) T { return a | b })
	case plugins.Bxor:
		return each(func(a, b T) T { return a ^ b })
	}
	return reals[T](op)
}
