package array

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// Complex is a complex number as a Lua value: the Value of a userdata.
type Complex complex128

// Kind names a complex number in errors about arguments.
func (Complex) Kind() string { return "complex number" }

// String writes "1+2i", each part so that it reads back the same.
func (c Complex) String() string { return formatComplex(complex128(c), -1, 64) }

// TravelKind is the kind under which complex numbers travel in messages.
const TravelKind = "complex"

// Travel returns the 16 bytes that DecodeComplex reads on the other side.
func (c Complex) Travel() (kind string, data []byte, err error) {
	data = binary.LittleEndian.AppendUint64(nil, math.Float64bits(real(c)))
	data = binary.LittleEndian.AppendUint64(data, math.Float64bits(imag(c)))
	return TravelKind, data, nil
}

// DecodeComplex makes the userdata of a complex number that travelled.
func DecodeComplex(L *lua.LState, data []byte) (lua.LValue, error) {
	if len(data) != 16 {
		return nil, fmt.Errorf("a complex number of %d bytes instead of 16", len(data))
	}
	re := math.Float64frombits(binary.LittleEndian.Uint64(data))
	im := math.Float64frombits(binary.LittleEndian.Uint64(data[8:]))
	return ComplexToLua(L, complex(re, im)), nil
}

// ComplexToLua makes the userdata that scripts see of a complex number.
func ComplexToLua(L *lua.LState, c complex128) *lua.LUserData {
	return &lua.LUserData{Value: Complex(c), Env: L.Env, Metatable: complexMetatable(L)}
}

// ToComplex reads a Lua number or complex number.
func ToComplex(v lua.LValue) (complex128, bool) {
	c, err := complexOf[complex128](v)
	return c, err == nil
}

func complexOf[T complexing](v lua.LValue) (T, error) {
	switch v := v.(type) {
	case lua.LNumber:
		return T(complex(float64(v), 0)), nil
	case *lua.LUserData:
		if c, ok := v.Value.(Complex); ok {
			return T(c), nil
		}
	}
	return 0, errors.New(args.Expected("number or array.complex", v))
}
