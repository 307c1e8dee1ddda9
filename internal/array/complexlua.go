package array

import (
	"math/cmplx"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// complexKey is where the metatable of complex numbers lives in Lua's
// registry.
const complexKey = "mpiclus.array.complex"

func complexMetatable(L *lua.LState) lua.LValue {
	if mt, ok := L.G.Registry.RawGetString(complexKey).(*lua.LTable); ok {
		return mt
	}
	mt := L.NewTable()
	for name, f := range map[string]lua.LGFunction{
		"__tostring": complexToString, "__concat": concat, "__eq": complexEqual, "__unm": complexMinus,
		"__newindex": complexNewindex, "__index": complexIndex(L),
	} {
		mt.RawSetString(name, L.NewFunction(f))
	}
	setArithmetic(L, mt)
	L.G.Registry.RawSetString(complexKey, mt)
	return mt
}

// complexSelf reads the first argument of a method of complex numbers.
func complexSelf(L *lua.LState) complex128 {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if c, ok := ud.Value.(Complex); ok {
			return complex128(c)
		}
	}
	raise(L, "%s", args.Expected("complex number", L.Get(1)))
	return 0
}

// complexIndex makes __index: the fields re and im, and the methods.
func complexIndex(L *lua.LState) lua.LGFunction {
	methods := L.NewTable()
	number := func(name string, f func(complex128) float64) {
		methods.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
			L.Push(lua.LNumber(f(complexSelf(L))))
			return 1
		}))
	}
	number("abs", cmplx.Abs)
	number("arg", cmplx.Phase)
	of := func(name string, f func(complex128) complex128) {
		methods.RawSetString(name, L.NewFunction(func(L *lua.LState) int {
			L.Push(ComplexToLua(L, f(complexSelf(L))))
			return 1
		}))
	}
	of("conj", cmplx.Conj)
	for _, e := range elementwise {
		if e.complex != nil {
			of(e.name, e.complex)
		}
	}
	return func(L *lua.LState) int {
		c := complexSelf(L)
		switch k := L.Get(2); k {
		case lua.LString("re"):
			L.Push(lua.LNumber(real(c)))
		case lua.LString("im"):
			L.Push(lua.LNumber(imag(c)))
		default:
			f := vm.RawGet(methods, k)
			if f == lua.LNil {
				raise(L, "complex number %s has no field '%s': there are re, im and methods such as abs", Complex(c), k)
			}
			L.Push(f)
		}
		return 1
	}
}

func complexNewindex(L *lua.LState) int {
	raise(L, "complex number %s does not change: make another with array.complex(re, im)", Complex(complexSelf(L)))
	return 0
}

func complexToString(L *lua.LState) int {
	L.Push(lua.LString(Complex(complexSelf(L)).String()))
	return 1
}

func complexEqual(L *lua.LState) int {
	a, ok := ToComplex(L.Get(1))
	b, ok2 := ToComplex(L.Get(2))
	L.Push(lua.LBool(ok && ok2 && a == b))
	return 1
}

func complexMinus(L *lua.LState) int {
	L.Push(ComplexToLua(L, -complexSelf(L)))
	return 1
}

// newComplex is array.complex(re, im).
func newComplex(c *call) int {
	im := 0.0
	if c.given(2) {
		im = c.number(2, "im")
	}
	c.Push(ComplexToLua(c.LState, complex(c.number(1, "re"), im)))
	return 1
}
