package vm

import lua "github.com/yuin/gopher-lua"

// The numeric for of the Lua 5.1 manual, section 2.4.5: strings count as
// numbers, all three are looked at before the loop begins.

func init() {
	jumpTable[lua.OP_FORPREP] = forPrep
	jumpTable[lua.OP_FORLOOP] = forLoop
}

func forPrep(L *state, code uint32, _ *Frame) int {
	f, r := L.currentFrame, L.reg
	a := f.LocalBase + argA(code)
	var n [3]float64
	for i, what := range []string{"initial value", "limit", "step"} {
		var ok bool
		if n[i], ok = toNumber(r.array[a+i]); !ok {
			L.lua().RaiseError("'for' %s must be a number", what)
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
