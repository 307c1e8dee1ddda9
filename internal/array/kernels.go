package array

import "slices"

func init() {
	kernels = [typeCount]*kernel{
		Int8: signedKernel[int8](), Int16: signedKernel[int16](), Int32: signedKernel[int32](), Int64: signedKernel[int64](),
		Uint8: unsignedKernel[uint8](), Uint16: unsignedKernel[uint16](), Uint32: unsignedKernel[uint32](), Uint64: unsignedKernel[uint64](),
		Float32: floatKernel[float32](), Float64: floatKernel[float64](),
		Complex64: complexKernel[complex64](), Complex128: complexKernel[complex128](),
		Bool: boolKernel(),
	}
	kernels[Int64].matmul, kernels[Uint64].matmul = matmulIntegers[int64], matmulIntegers[uint64]
	kernels[Float32].axpy, kernels[Float64].axpy = blasAxpy(engine.Saxpy), blasAxpy(engine.Daxpy)
	kernels[Complex64].axpy, kernels[Complex128].axpy = blasAxpy(engine.Caxpy), blasAxpy(engine.Zaxpy)
	kernels[Float32].matmul, kernels[Float64].matmul = matmulFloat32, matmulFloat64
	kernels[Complex64].matmul, kernels[Complex128].matmul = matmulComplex64, matmulComplex128
}

func signedKernel[T int8 | int16 | int32 | int64]() *kernel {
	k := integerKernel[T]()
	k.binary[opAdd], k.binary[opSub] = over(addSigned[T]), over(subSigned[T])
	k.binary[opDiv], k.binary[opMod] = over(divSigned[T]), over(modSigned[T])
	k.negate = func(dst, x *Array) int { return negateSigned(elements[T](dst), elements[T](x)) }
	k.abs = func(dst, x *Array) int { return absSigned(elements[T](dst), elements[T](x)) }
	return k
}

func unsignedKernel[T uint8 | uint16 | uint32 | uint64]() *kernel {
	k := integerKernel[T]()
	k.binary[opAdd], k.binary[opSub] = over(addUnsigned[T]), over(subUnsigned[T])
	k.binary[opDiv], k.binary[opMod] = over(divUnsigned[T]), over(modUnsigned[T])
	k.negate = func(dst, x *Array) int { return subUnsigned(elements[T](dst), make([]T, x.n), elements[T](x)) }
	return k
}

func integerKernel[T integer]() *kernel {
	k := &kernel{text: textOfInteger[T], limits: limitsText[T]()}
	access(k, integerOf[T])
	ordered(k, elements[T], nil)
	k.convert = func(dst, src *Array) int { return toIntegers(elements[T](dst), src) }
	k.binary[opMul] = over(multiplication[T]())
	k.sum = func(x *Array) (*Array, error) { return sumIntegers(elements[T](x)) }
	k.prod = func(x *Array) (*Array, error) { return prodIntegers(elements[T](x)) }
	k.dot = func(x, y *Array) (*Array, error) { return dotIntegers(elements[T](x), elements[T](y)) }
	k.cumsum = func(x *Array) (*Array, error) { return cumsumIntegers(elements[T](x)) }
	return k
}

func floatKernel[T floating]() *kernel {
	k := &kernel{text: textOfFloat[T]}
	access(k, floatOf[T])
	ordered(k, elements[T], func(x T) bool { return x != x })
	k.convert = func(dst, src *Array) int { return toFloats(elements[T](dst), src) }
	k.binary = [operators]func(dst, x, y *Array) int{
		over(addAll[T]), over(subAll[T]), over(mulAll[T]), over(divAll[T]), over(modFloat[T]), over(powFloat[T]), over(idivFloat[T]),
	}
	k.negate = func(dst, x *Array) int { return negateAll(elements[T](dst), elements[T](x)) }
	k.sums = func(out, x *Array, outer, n, inner int, scale float64) {
		sumLanes(elements[T](out), elements[T](x), outer, n, inner, scale)
	}
	k.sum = func(x *Array) (*Array, error) { return FromSlice([]float64{pairwise(elements[T](x))}), nil }
	k.prod = func(x *Array) (*Array, error) { return FromSlice([]float64{prodFloats(elements[T](x))}), nil }
	k.dot = func(x, y *Array) (*Array, error) {
		return FromSlice([]float64{pairwiseDot(elements[T](x), elements[T](y))}), nil
	}
	k.cumsum = func(x *Array) (*Array, error) {
		out := New(x.typ, x.n)
		cumsumFloats(elements[T](out), elements[T](x))
		return out, nil
	}
	return k
}

func complexKernel[T complexing]() *kernel {
	k := &kernel{text: textOfComplex[T]}
	access(k, complexOf[T])
	compared[T](k)
	k.convert = func(dst, src *Array) int { return toComplexes(elements[T](dst), src) }
	k.binary[opAdd], k.binary[opSub], k.binary[opMul] = over(addAll[T]), over(subAll[T]), over(mulAll[T])
	k.binary[opQuo], k.binary[opPow] = over(divAll[T]), over(powComplex[T])
	k.negate = func(dst, x *Array) int { return negateAll(elements[T](dst), elements[T](x)) }
	k.sum = func(x *Array) (*Array, error) { return FromSlice([]complex128{pairwiseComplex(elements[T](x))}), nil }
	k.prod = func(x *Array) (*Array, error) { return FromSlice([]complex128{prodComplexes(elements[T](x))}), nil }
	k.dot = func(x, y *Array) (*Array, error) {
		return FromSlice([]complex128{dotComplexes(elements[T](x), elements[T](y))}), nil
	}
	k.cumsum = func(x *Array) (*Array, error) {
		out := New(x.typ, x.n)
		cumsumComplexes(elements[T](out), elements[T](x))
		return out, nil
	}
	return k
}

// boolKernel treats a bool as the byte that stores it. It has no arithmetic:
// arith gives bools the type of the other side first.
func boolKernel() *kernel {
	k := &kernel{text: textOfBool, limits: "0 to 1"}
	access(k, truthOf)
	ordered(k, truths, nil)
	k.equal = func(x, y *Array) bool { return slices.Equal(truths(x), truths(y)) }
	k.convert = func(dst, src *Array) int { return toTruths(elements[uint8](dst), src) }
	k.sum = func(x *Array) (*Array, error) { return sumIntegers(truths(x)) }
	k.cumsum = func(x *Array) (*Array, error) { return cumsumIntegers(truths(x)) }
	return k
}
