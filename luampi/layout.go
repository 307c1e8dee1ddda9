package luampi

import (
	"math"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
)

// content is what the elements of a type are: those of a type of arrays, bytes
// without a meaning, or else some other type of MPI, or several.
type content struct {
	of    array.Type
	known bool // of holds
	bytes bool // fits all
}

// matches reports whether what the one sends, the other can receive.
func (c content) matches(d content) bool { return c.bytes || d.bytes || c == d }

func (c content) String() string {
	switch {
	case c.known:
		return c.of.String()
	case c.bytes:
		return "bytes"
	}
	return "other"
}

// liesIn reports whether elements of the content can lie in memory of a type of
// arrays. Bytes are memory for anything.
func (c content) liesIn(t array.Type) bool {
	return t == array.Uint8 || t == array.Int8 || c.bytes || c.known && (c.of == t || c.of == halves[t])
}

// halves are the complex types, whose memory is that of twice as many floats.
var halves = map[array.Type]array.Type{array.Complex64: array.Float32, array.Complex128: array.Float64}

// typeNames gives MPI's type for each type of array.
var typeNames = map[array.Type]string{
	array.Int8: "INT8_T", array.Int16: "INT16_T", array.Int32: "INT32_T", array.Int64: "INT64_T",
	array.Uint8: "UINT8_T", array.Uint16: "UINT16_T", array.Uint32: "UINT32_T", array.Uint64: "UINT64_T",
	array.Float32: "FLOAT", array.Float64: "DOUBLE", array.Complex64: "C_FLOAT_COMPLEX", array.Complex128: "C_DOUBLE_COMPLEX",
	array.Bool: "C_BOOL",
}

// basicNames are MPI's names of the elements of arrays beside typeNames.
var basicNames = map[string]array.Type{
	"CHAR": array.Int8, "SIGNED_CHAR": array.Int8, "UNSIGNED_CHAR": array.Uint8, "SHORT": array.Int16, "UNSIGNED_SHORT": array.Uint16,
	"INT": array.Int32, "UNSIGNED": array.Uint32, "LONG": array.Int64, "UNSIGNED_LONG": array.Uint64,
	"LONG_LONG": array.Int64, "UNSIGNED_LONG_LONG": array.Uint64, "AINT": array.Int64, "OFFSET": array.Int64, "COUNT": array.Int64,
	"TWOINT": array.Int32,
}

func elementTypes() map[uint64]array.Type {
	types := map[uint64]array.Type{}
	for t, name := range typeNames {
		types[mpi.Constant(name)] = t
	}
	return types
}

// contents returns what each basic type stands for in arrays.
func contents() map[uint64]content {
	all := map[uint64]content{mpi.Constant("BYTE"): {bytes: true}, mpi.Constant("PACKED"): {bytes: true}}
	for name, t := range basicNames {
		all[mpi.Constant(name)] = content{of: t, known: true}
	}
	for t, name := range typeNames {
		all[mpi.Constant(name)] = content{of: t, known: true}
	}
	return all
}

// layoutOf is where the data of a type lies in memory, in bytes.
type layoutOf struct {
	extent   int // from one element to the next
	low, end int // of the data of one element
	size     int // bytes of data of one element
	content  content
}

// layoutOfElements returns that of the elements of arrays of a type.
func layoutOfElements(t array.Type) *layoutOf {
	return &layoutOf{extent: t.Size(), end: t.Size(), size: t.Size(), content: content{of: t, known: true}}
}

// dense reports whether n elements leave no gap.
func (l *layoutOf) dense(n int) bool {
	return l.end-l.low == l.size && (n <= 1 || l.extent == l.size)
}

// plain reports whether a type is one element without gaps, or that of the
// array itself.
func (l *layoutOf) plain() bool {
	return l == nil || l.low == 0 && l.end == l.extent && l.content.known && l.extent == l.content.of.Size()
}

// reach returns the bytes from the first to the last that n elements touch,
// from the address that MPI gets.
func (l *layoutOf) reach(n int) (low, end int) {
	if n == 0 {
		return 0, 0
	}
	last, ok := times(n-1, l.extent)
	if !ok {
		return -farthest, farthest
	}
	return min(l.low, last+l.low), max(l.end, last+l.end)
}

// farthest is a number of bytes that no memory has. Sums of a few such numbers do
// not overflow an int.
const farthest = 1 << 60

// times multiplies; ok is false where the product is beyond farthest.
func times(a, b int) (product int, ok bool) {
	if f := float64(a) * float64(b); math.Abs(f) > farthest {
		return 0, false
	}
	return a * b, true
}
