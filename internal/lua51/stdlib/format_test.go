package stdlib

import (
	"errors"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// FuzzFormat: no format makes string.format panic, whatever its arguments are;
// what it gives is bounded by what it was given.
func FuzzFormat(f *testing.F) {
	for _, seed := range []string{"%d %5.2f %s", "%-+ #0d", "%q%c", "%99.99f", "%#x%o%X%u", "%%%", "%.3s|%10s", "%g%G%e%E", "%", "%y", "%1.", "%012345d", "\x00%d\x00"} {
		f.Add(seed, 3.25, "text\x00\xff")
	}
	L := lua.NewState()
	open(L)
	format := L.GetField(L.GetGlobal("string"), "format")
	f.Fuzz(func(t *testing.T, text string, x float64, s string) {
		args := []lua.LValue{lua.LString(text), lua.LNumber(x), lua.LString(s), lua.LNumber(-x), lua.LNumber(65), lua.LString("0x10"), lua.LNil}
		err := L.CallByParam(lua.P{Fn: format, NRet: 1, Protect: true}, args...)
		var raised *lua.ApiError
		switch {
		case errors.As(err, &raised) && raised.Type == lua.ApiErrorRun && raised.Cause == nil:
			return
		case err != nil:
			t.Fatalf("%q: %v", text, err)
		}
		got := L.Get(-1).(lua.LString)
		L.Pop(1)
		if most := (len(text)+1)*520 + 8*len(s); len(got) > most {
			t.Fatalf("%q: %d bytes", text, len(got))
		}
	})
}
