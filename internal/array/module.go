package array

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

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
	return slices.Concat(shapeRows(), contentRows(), arithmeticRows(), reductionRows(), pickRows(), mathRows())
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
	addMore(L, methods)
	mt := L.NewTable()
	mt.RawSetString(methodsKey, methods)
	for name, f := range map[string]lua.LGFunction{
		"__index": indexer(methods), "__newindex": newindex, "__len": length,
		"__tostring": toString, "__concat": concat, "__eq": equal, "__unm": unaryMinus,
	} {
		fn := L.NewFunction(f)
		if name == "__index" || name == "__newindex" || name == "__len" {
			vm.SetIntrinsic(fn, elementAccess)
		}
		mt.RawSetString(name, fn)
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
		case *lua.LTable:
			i := cellOf(L, a, k)
			v, err := a.load(L, i)
			if err != nil {
				raise(L, "%s: index %d: %w: use a:tostring(%d)", a.describe(), i+1, err, i+1)
			}
			L.Push(v)
		default:
			m, ok := To(k)
			if !ok {
				raiseIndex(L, a, k)
			}
			if why := wrongMask(m, a); why != "" {
				raise(L, "%s: %s", a.describe(), why)
			}
			L.Push(ToLua(L, a.masked(m)))
		}
		return 1
	}
}

func newindex(L *lua.LState) int {
	a := selfOf(L)
	if mask, ok := To(L.Get(2)); ok {
		c := call{LState: L, name: "set", self: a}
		c.setMasked(mask, L.Get(3))
		return 0
	}
	k, ok := L.Get(2).(lua.LNumber)
	if t, isTable := L.Get(2).(*lua.LTable); isTable {
		k, ok = lua.LNumber(cellOf(L, a, t)+1), true
	}
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

func equal(L *lua.LState) int {
	b, ok := To(L.Get(2))
	L.Push(lua.LBool(ok && selfOf(L).Equal(b)))
	return 1
}
