package array

import (
	"encoding/binary"
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Complex is a complex number as a Lua value: the Value of a userdata.
type Complex complex128

// String writes "1+2i", each part so that it reads back the same.
func (c Complex) String() string {
	im := formatFloat(imag(c), 64)
	if !strings.HasPrefix(im, "-") {
		im = "+" + im
	}
	return formatFloat(real(c), 64) + im + "i"
}

// TravelKind is the kind under which complex numbers travel in messages.
const TravelKind = "complex"

// Travel gives the 16 bytes that DecodeComplex reads on the other side.
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
	return pushable(L, complex(re, im)), nil
}

// ComplexToLua makes the userdata that scripts see of a complex number.
func ComplexToLua(L *lua.LState, c complex128) *lua.LUserData { return pushable(L, c) }

// ToComplex reads a Lua number or complex number.
func ToComplex(v lua.LValue) (complex128, bool) {
	c, err := complexOf[complex128](v)
	return c, err == nil
}

func pushable(L *lua.LState, c complex128) *lua.LUserData {
	return &lua.LUserData{Value: Complex(c), Env: L.Env, Metatable: complexMetatable(L)}
}

const complexKey = "mpiclus.array.complex"

func complexMetatable(L *lua.LState) lua.LValue {
	if mt, ok := L.G.Registry.RawGetString(complexKey).(*lua.LTable); ok {
		return mt
	}
	mt := L.NewTable()
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString(L.CheckUserData(1).Value.(Complex).String()))
		return 1
	}))
	L.G.Registry.RawSetString(complexKey, mt)
	return mt
}
