package function

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// Callback is a function of the script that a call was given. Only the goroutine
// of the call may call it. An error in it, and an interrupt, go on through the
// call as a panic, with their place in the script.
type Callback struct {
	c    *Call
	n    int // of the argument, 0 for an option
	name string
	f    *lua.LFunction
}

// Function reads a function of the script.
func (c *Call) Function(n int, name string) *Callback {
	f, ok := c.Arg(n).(*lua.LFunction)
	if !ok {
		c.Expected(n, name, "function")
	}
	return &Callback{c: c, n: n, name: name, f: f}
}

// Call calls the function and returns its first result.
func (f *Callback) Call(values ...lua.LValue) lua.LValue {
	L := f.c.LState
	L.Push(f.f)
	for _, v := range values {
		L.Push(v)
	}
	L.Call(len(values), 1)
	result := L.Get(-1)
	L.Pop(1)
	return result
}

// Number calls the function for a number.
func (f *Callback) Number(values ...lua.LValue) float64 {
	result := f.Call(values...)
	x, ok := result.(lua.LNumber)
	if !ok {
		f.fail("%s: it must return a number", args.Expected("number", result))
	}
	return float64(x)
}

// Fill calls the function for an array or a list of len(out) numbers, and
// copies them to out.
func (f *Callback) Fill(out []float64, values ...lua.LValue) {
	result := f.Call(values...)
	switch v := result.(type) {
	case *lua.LTable:
		s, wrong := listNumbers(v)
		if wrong != "" {
			f.fail("it returned a list whose %s", wrong)
		}
		f.keep(out, s)
		return
	case *lua.LUserData:
		if s, isReal, kind := elementsOf(v); kind != "" {
			if !isReal {
				f.fail("it returned %s: real numbers expected", args.WithArticle(kind))
			}
			f.keep(out, s)
			return
		}
	case lua.LNumber:
		if len(out) == 1 {
			out[0] = float64(v)
			return
		}
	}
	f.fail("%s: it must return %d numbers", args.Expected("array or list", result), len(out))
}

func (f *Callback) keep(out, s []float64) {
	if len(s) != len(out) {
		f.fail("it returned %d numbers, and must return %d", len(s), len(out))
	}
	copy(out, s)
}

// fail raises what is wrong with a result.
func (f *Callback) fail(format string, values ...any) {
	if f.n > 0 {
		f.c.Fail(f.n, f.name, "the function's result: "+format, values...)
	}
	f.c.Raise("the result of "+f.name+": "+format, values...)
}
