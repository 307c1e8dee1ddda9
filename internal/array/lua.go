package array

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"

	luanumber "github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// metaKey is where the metatable of arrays lives in Lua's registry, and
// methodsKey where that keeps their methods.
const (
	metaKey    = "mpiclus.array"
	methodsKey = "methods"
)

// To reads an array from a Lua value. One whose memory was taken back (Lease)
// is none.
func To(v lua.LValue) (*Array, bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	a, ok := ud.Value.(*Array)
	if ok && a.gone() {
		return nil, false
	}
	return a, ok
}

// ToLua returns the userdata that scripts see. Each call makes a new one; two
// of the same array are equal for a script.
func ToLua(L *lua.LState, a *Array) *lua.LUserData {
	return &lua.LUserData{Value: a, Env: L.Env, Metatable: metatable(L)}
}

// Open is the loader of the Lua module "array". Every method is also a
// function of the module that takes the array first.
func Open(L *lua.LState) int {
	module := L.NewTable()
	vm.ForEach(metatable(L).RawGetString(methodsKey).(*lua.LTable), func(k, v lua.LValue) { vm.RawSet(module, k, v) })
	for _, f := range moduleRows() {
		module.RawSetString(f.name, f.function(L, false))
	}
	linalg := L.NewTable()
	for _, f := range linalgRows() {
		linalg.RawSetString(f.name, f.function(L, false))
	}
	module.RawSetString("linalg", linalg)
	complexMetatable(L)
	refuse(L, module)
	L.Push(module)
	return 1
}

// methodRows lists the methods of arrays.
func methodRows() []function {
	return slices.Concat(shapeRows(), contentRows(), arithmeticRows(), reductionRows(), mathRows())
}

// metatable returns the metatable of arrays: one an interpreter, made when
// first asked for, so that arrays work before a script requires the module.
func metatable(L *lua.LState) *lua.LTable {
	if mt, ok := L.G.Registry.RawGetString(metaKey).(*lua.LTable); ok {
		return mt
	}
	methods := L.NewTable()
	for _, f := range methodRows() {
		methods.RawSetString(f.name, f.function(L, true))
	}
	mt := L.NewTable()
	mt.RawSetString(methodsKey, methods)
	for name, f := range map[string]lua.LGFunction{
		"__index": indexer(methods), "__newindex": newindex, "__len": length,
		"__tostring": toString, "__concat": concat, "__eq": equal, "__unm": unaryMinus,
	} {
		mt.RawSetString(name, L.NewFunction(f))
	}
	sayInstead(L, mt)
	setArithmetic(L, mt)
	L.G.Registry.RawSetString(metaKey, mt)
	return mt
}

// sayInstead has errors of Lua's library and operators say what arrays are.
func sayInstead(L *lua.LState, mt *lua.LTable) {
	instead := L.NewTable()
	instead.RawSetString("table", lua.LString(": an array is walked by a:each(), and a:totable() makes a table of it"))
	instead.RawSetString("number", lua.LString(": an array: use its methods, as in a:sin() and a:max(), or a:map(f)"))
	mt.RawSetString(vm.NameKey, lua.LString("array"))
	mt.RawSetString(vm.InsteadKey, instead)
	mt.RawSetString(vm.OrderKey, lua.LString("a:lt(b), a:le(b), a:gt(b) and a:ge(b) compare each element, with an array or a number"))
}

// indexer makes __index: elements by number, methods by name.
func indexer(methods *lua.LTable) lua.LGFunction {
	return func(L *lua.LState) int {
		a := selfOf(L)
		switch k := L.Get(2).(type) {
		case lua.LNumber:
			i := int(k)
			if uint(i-1) >= uint(a.n) || lua.LNumber(i) != k {
				raiseIndex(L, a, k)
			}
			v, err := a.load(L, i-1)
			if err != nil {
				raise(L, "%s: index %d: %w: use a:tostring(%d)", a.describe(), i, err, i)
			}
			L.Push(v)
		case lua.LString:
			f := methods.RawGetString(string(k))
			if f == lua.LNil {
				raise(L, "%s has no method '%s'%s", a.describe(), k, meant(methods, string(k)))
			}
			L.Push(f)
		default:
			raiseIndex(L, a, k)
		}
		return 1
	}
}

// selfOf reads the first argument of a metamethod, which a script can call
// with anything.
func selfOf(L *lua.LState) *Array {
	a, ok := To(L.Get(1))
	if !ok {
		raise(L, "%s", args.Expected("array", L.Get(1)))
	}
	return a
}

func newindex(L *lua.LState) int {
	a := selfOf(L)
	k, ok := L.Get(2).(lua.LNumber)
	i := int(k)
	if !ok || uint(i-1) >= uint(a.n) || lua.LNumber(i) != k {
		raiseIndex(L, a, L.Get(2))
	}
	if err := a.store(i-1, L.Get(3)); err != nil {
		raiseElement(L, a, i, err)
	}
	return 0
}

func length(L *lua.LState) int {
	L.Push(lua.LNumber(selfOf(L).n))
	return 1
}

func toString(L *lua.LState) int {
	if ud, ok := L.Get(1).(*lua.LUserData); ok {
		if a, ok := ud.Value.(*Array); ok && a.gone() {
			L.Push(lua.LString(a.describe()))
			return 1
		}
	}
	L.Push(lua.LString(selfOf(L).String()))
	return 1
}

func concat(L *lua.LState) int {
	L.Push(lua.LString(luanumber.ToString(L, L.Get(1)) + luanumber.ToString(L, L.Get(2))))
	return 1
}

func equal(L *lua.LState) int {
	b, ok := To(L.Get(2))
	L.Push(lua.LBool(ok && selfOf(L).Equal(b)))
	return 1
}

// raise raises an error about the arrays of a script.
func raise(L *lua.LState, format string, args ...any) {
	luaerr.Raise(L, luaerr.New(luaerr.Argument, format, args...))
}

// raiseElement raises what is wrong with a value for element i (from 1).
func raiseElement(L *lua.LState, a *Array, i int, err error) {
	raise(L, "%s: index %d: %w", a.describe(), i, err)
}

// raiseIndex raises what is wrong with an index of a.
func raiseIndex(L *lua.LState, a *Array, k lua.LValue) {
	raise(L, "%s: %s", a.describe(), wrongIndex(k, a.n))
}

// wrongIndex reports why k is no index from 1 to n.
func wrongIndex(k lua.LValue, n int) string {
	f, ok := k.(lua.LNumber)
	switch {
	case !ok && k.Type() == lua.LTString:
		return fmt.Sprintf("cannot write field '%s': elements have numbers", k)
	case !ok:
		return args.Expected("whole number as index", k)
	case lua.LNumber(int(f)) != f:
		return fmt.Sprintf("index %s is no whole number", formatNumber(float64(f)))
	case n == 0:
		return fmt.Sprintf("index %d is out of range (it is empty)", int(f))
	}
	return fmt.Sprintf("index %d is out of range (1 to %d)", int(f), n)
}
