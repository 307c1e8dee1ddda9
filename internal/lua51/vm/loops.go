package vm

import lua "github.com/yuin/gopher-lua"

// The for statements of the Lua 5.1 manual, section 2.4.5. In the numeric one
// strings count as numbers, and all three are looked at before the loop begins.

func init() {
	jumpTable[lua.OP_FORPREP] = forPrep
	jumpTable[lua.OP_FORLOOP] = forLoop
	jumpTable[lua.OP_TFORLOOP] = forIn
}

func forPrep(L *state, code uint32, _ *Frame) int {
	f, r := L.currentFrame, L.reg
	a := f.LocalBase + argA(code)
	var n [3]float64
	for i, what := range []string{"initial value", "limit", "step"} {
		var ok bool
		if n[i], ok = toNumber(r.array[a+i]); !ok {
			L.fail(Fault{Whole: "'for' " + what + " must be a number", Operand: i, Value: r.array[a+i]})
		}
		if _, ok := r.array[a+i].(lua.LNumber); !ok {
			r.array[a+i] = L.alloc.boxed(n[i])
		}
	}
	r.array[a] = L.alloc.boxed(n[0] - n[2])
	f.Pc += jump(code)
	return 0
}

func forLoop(L *state, code uint32, _ *Frame) int {
	if attention.Load() != 0 {
		L.attend()
	}
	f, r := L.currentFrame, L.reg
	if offering.Load() && L.repeat(f) {
		return 0
	}
	a := f.LocalBase + argA(code)
	at := r.array[a : a+3 : a+3]
	i, limit, step := at[0].(lua.LNumber), at[1].(lua.LNumber), at[2].(lua.LNumber)
	i += step
	if step > 0 && i <= limit || !(step > 0) && limit <= i {
		v := L.alloc.boxed(float64(i))
		at[0] = v
		r.set(a+3, v)
		f.Pc += jump(code)
	} else {
		setTop(r, a+1)
	}
	return 0
}

// iterator gives the next values of a table in a for statement, key lua.LNil
// at its end; or it leaves the call to the function.
type iterator func(L *state, t *table, after lua.LValue) (key, value lua.LValue, done bool)

// forIn calls the iterator of a for statement, and jumps back unless that gave
// nil. It stands before the jump.
func forIn(L *state, code uint32, _ *Frame) int {
	if attention.Load() != 0 {
		L.attend()
	}
	f, r := L.currentFrame, L.reg
	a, n := f.LocalBase+argA(code), argC(code)
	fn, ok := r.array[a].(*lua.LFunction)
	if !ok {
		L.checkCallable(r.array[a], 0)
	} else if s := specialOf(fn); s != nil && s.step != nil {
		if t, ok := r.array[a+1].(*lua.LTable); ok {
			if key, value, done := s.step(L, inside(t), r.array[a+2]); done {
				r.set(a+2+n, lua.LNil) // the last variable: there is room for all
				r.set(a+3, key)
				if n > 1 {
					r.array[a+4] = value
				}
				for i := 2; i < n; i++ {
					r.array[a+3+i] = lua.LNil
				}
				f.again(r, a)
				return 0
			}
		}
	}
	setTop(r, a+5)
	r.set(a+5, r.array[a+2])
	r.set(a+4, r.array[a+1])
	r.set(a+3, r.array[a])
	callFromGo(L, 2, n, a+3)
	f.again(r, a)
	return 0
}

// again goes on after a call of the iterator of registers from a on.
func (f *Frame) again(r *registry, a int) {
	if v := r.array[a+3]; v != lua.LNil {
		r.array[a+2] = v
		f.Pc += jump(f.Fn.Proto.Code[f.Pc])
	}
	f.Pc++
}
