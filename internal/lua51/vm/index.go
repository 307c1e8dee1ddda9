package vm

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
)

// Fields are read and set by the rules of the Lua 5.1 manual, section 2.8
// (index and newindex).

func init() {
	jumpTable[lua.OP_GETTABLE] = func(L *state, code uint32, _ *Frame) int {
		object, key := L.rk(argB(code)), L.rk(argC(code))
		if n, ok := key.(lua.LNumber); ok {
			if t, ok := object.(*lua.LTable); ok {
				if i, ok := whole(n); ok && uint(i-1) < uint(len(inside(t).array)) {
					if v := inside(t).array[i-1]; !isNil(v) {
						L.result(code, v)
						return 0
					}
				}
			}
		}
		L.result(code, L.index(object, key))
		return 0
	}
	jumpTable[lua.OP_GETTABLEKS] = func(L *state, code uint32, _ *Frame) int {
		object, key := L.rk(argB(code)), L.rk(argC(code))
		if t, ok := object.(*lua.LTable); ok {
			if v, ok := inside(t).strdict[string(key.(lua.LString))]; ok {
				L.result(code, v)
				return 0
			}
		}
		L.result(code, L.index(object, key))
		return 0
	}
	jumpTable[lua.OP_GETGLOBAL] = func(L *state, code uint32, _ *Frame) int {
		fn := L.currentFrame.Fn
		name := fn.Proto.Constants[code&(1<<18-1)]
		L.result(code, L.index(fn.Env, name))
		return 0
	}
	jumpTable[lua.OP_SELF] = func(L *state, code uint32, _ *Frame) int {
		object := L.rk(argB(code))
		method := L.index(object, L.rk(argC(code)))
		a := L.currentFrame.LocalBase + argA(code)
		L.reg.set(a, method)
		L.reg.set(a+1, object)
		return 0
	}
	jumpTable[lua.OP_SETTABLE] = func(L *state, code uint32, _ *Frame) int {
		object, key, value := L.reg.array[L.currentFrame.LocalBase+argA(code)], L.rk(argB(code)), L.rk(argC(code))
		if n, ok := key.(lua.LNumber); ok {
			if t, ok := object.(*lua.LTable); ok {
				if i, ok := whole(n); ok && uint(i-1) < uint(len(inside(t).array)) && (t.Metatable == lua.LNil || !isNil(inside(t).array[i-1])) {
					inside(t).array[i-1] = value
					return 0
				}
			}
		}
		L.setIndex(object, key, value)
		return 0
	}
	jumpTable[lua.OP_SETTABLEKS] = jumpTable[lua.OP_SETTABLE]
	jumpTable[lua.OP_SETGLOBAL] = func(L *state, code uint32, _ *Frame) int {
		f := L.currentFrame
		L.setIndex(f.Fn.Env, f.Fn.Proto.Constants[code&(1<<18-1)], L.reg.array[f.LocalBase+argA(code)])
		return 0
	}
	jumpTable[lua.OP_NEWTABLE] = func(L *state, code uint32, _ *Frame) int {
		t := &lua.LTable{Metatable: lua.LNil}
		if n := argB(code); n > 0 {
			inside(t).array = make([]lua.LValue, 0, room(n))
		}
		L.result(code, t)
		return 0
	}
	jumpTable[lua.OP_SETLIST] = setList
}

// room reads the number of values of a table constructor, which is rounded up
// to a "floating point byte" of Lua's (eeeeexxx).
func room(n int) int {
	if n < 16 {
		return n
	}
	return (n&7 + 8) << (n>>3 - 1)
}

// maxChain is how many tables are asked for one field, as stock Lua's MAXTAGLOOP.
const maxChain = 100

func (L *state) index(object, key lua.LValue) lua.LValue {
	for n := range maxChain {
		var fn lua.LValue
		if t, ok := object.(*lua.LTable); ok {
			if v := inside(t).get(key); v != lua.LNil || t.Metatable == lua.LNil {
				return v
			}
			if fn = field(t.Metatable, "__index"); fn == lua.LNil {
				return fn
			}
		} else if fn = L.metamethod(object, "__index"); fn == lua.LNil {
			L.failIndex(object, key, n)
		}
		if f, ok := fn.(*lua.LFunction); ok {
			return L.call(f, object, key)
		}
		object = fn
	}
	L.lua().RaiseError("loop in gettable")
	return nil
}

func (L *state) setIndex(object, key, value lua.LValue) {
	for n := range maxChain {
		var fn lua.LValue
		if t, ok := object.(*lua.LTable); ok {
			if t.Metatable != lua.LNil && inside(t).get(key) == lua.LNil {
				fn = field(t.Metatable, "__newindex")
			}
			if fn == nil || fn == lua.LNil {
				if _, ok := key.(lua.LString); !ok {
					L.checkKey(key)
				}
				inside(t).put(key, value)
				return
			}
		} else if fn = L.metamethod(object, "__newindex"); fn == lua.LNil {
			L.failIndex(object, key, n)
		}
		if f, ok := fn.(*lua.LFunction); ok {
			l := L.lua()
			for _, v := range []lua.LValue{f, object, key, value} {
				l.Push(v)
			}
			callFromGo(L, 3, 0, -1)
			return
		}
		object = fn
	}
	L.lua().RaiseError("loop in settable")
}

// failIndex raises that a value has no fields: the operand of an instruction,
// or one that step metatables led to.
func (L *state) failIndex(object, key lua.LValue, step int) {
	f := Fault{Attempt: "index", Value: object, Key: key}
	if step > 0 {
		f.Operand = noOperand
	}
	L.fail(f)
}

// setList puts a batch of values into the table that a constructor makes.
func setList(L *state, code uint32, _ *Frame) int {
	f, r := L.currentFrame, L.reg
	a, n, batch := f.LocalBase+argA(code), argB(code), argC(code)
	if batch == 0 {
		batch = int(f.Fn.Proto.Code[f.Pc])
		f.Pc++
	}
	switch n {
	case tree.Multi:
		batch++
		fallthrough
	case 0:
		n = r.top - a - 1
	}
	t, first := inside(r.array[a].(*lua.LTable)), (batch-1)*lua.FieldsPerFlush
	values := r.array[a+1 : a+1+n]
	if len(t.array) == first && t.dict == nil {
		t.array = append(t.array, values...)
		return 0
	}
	for i, v := range values {
		t.put(lua.LNumber(first+i+1), v)
	}
	return 0
}
