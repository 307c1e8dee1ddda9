package worker

import (
	"context"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
)

// tellKey is where Lua's registry holds who is told of calls that end the
// process.
const tellKey = "mpiclus.ending"

// Ending is a call of a script that ends its process.
type Ending struct {
	Name string // "os.exit"
	Text string // "os.exit(3) at job.lua:14"
}

// TellEnding has tell told of each call of a script that ends the process,
// before it does: os.exit, and what WatchEnding is called for. tell returns
// soon. No script runs yet.
func TellEnding(in *interp.Interp, tell func(Ending)) {
	in.Run(context.Background(), "set up", func(t *interp.Task) {
		L := t.L()
		L.G.Registry.RawSetString(tellKey, &lua.LUserData{Value: tell})
		WatchEnding("os.exit", L.GetGlobal("os").(*lua.LTable).RawGetString("exit"))
	})
}

// WatchEnding makes a function written in Go, which ends the process, tell of
// it first. Anything but a function is left as it is.
func WatchEnding(name string, fn lua.LValue) {
	f, ok := fn.(*lua.LFunction)
	if !ok {
		return
	}
	end := f.GFunction
	f.GFunction = func(L *lua.LState) int {
		if !plausible(L) {
			return end(L) // raises
		}
		if ud, ok := L.G.Registry.RawGetString(tellKey).(*lua.LUserData); ok {
			ud.Value.(func(Ending))(Ending{Name: name, Text: callText(L, name)})
		}
		return end(L)
	}
}

// plausible reports whether the call has a status that can be one, or none.
func plausible(L *lua.LState) bool {
	for i := 1; i <= L.GetTop(); i++ {
		switch v := L.Get(i).(type) {
		case lua.LNumber:
			return v == lua.LNumber(int32(v))
		case lua.LBool, *lua.LNilType, *lua.LUserData:
		default:
			return false
		}
	}
	return true
}

// callText is a call as its source has it: with the status, which is its first
// argument that is none of our objects, and the place.
func callText(L *lua.LState, name string) string {
	status := ""
	for i := 1; i <= L.GetTop() && status == ""; i++ {
		switch v := L.Get(i); v.(type) {
		case lua.LNumber, lua.LBool:
			status = v.String()
		}
	}
	text := fmt.Sprintf("%s(%s)", name, status)
	if place := interp.Where(L); place != "" {
		text += " at " + place
	}
	return text
}
