package luampi

import "github.com/mpiclus/mpiclus-lua/internal/array"

// opGroup says which groups of types an op works on (MPI 3.1, section 5.9.2).
type opGroup uint8

const (
	onIntegers opGroup = 1 << iota
	onFloats
	onComplex
	onLogical
	onBits
	onOrdered // MAX, MIN, SUM, PROD: numbers stay float64
)

var opGroups = map[string]opGroup{
	"MAX": onIntegers | onFloats | onOrdered, "MIN": onIntegers | onFloats | onOrdered,
	"SUM": onIntegers | onFloats | onComplex | onOrdered, "PROD": onIntegers | onFloats | onComplex | onOrdered,
	"LAND": onIntegers | onLogical, "LOR": onIntegers | onLogical, "LXOR": onIntegers | onLogical,
	"BAND": onIntegers | onBits, "BOR": onIntegers | onBits, "BXOR": onIntegers | onBits,
	"MINLOC": 0, "MAXLOC": 0,
}

// groupOf returns the group that a type of elements is in.
func groupOf(t array.Type) opGroup {
	switch t {
	case array.Float32, array.Float64:
		return onFloats
	case array.Complex64, array.Complex128:
		return onComplex
	case array.Bool:
		return onLogical
	}
	return onIntegers
}
