//go:build profile

package main

import (
	"os"
	"runtime/pprof"

	lua "github.com/yuin/gopher-lua"
)

// Builds for `make profile` have a Lua module that writes what takes the
// processor's time into a file: profile.start(file), profile.stop().
func init() { extra["profile"] = openProfile }

func openProfile(L *lua.LState) int {
	var file *os.File
	L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		"start": func(L *lua.LState) int {
			f, err := os.Create(L.CheckString(1))
			if err == nil {
				err = pprof.StartCPUProfile(f)
			}
			if err != nil {
				L.RaiseError("%v", err)
			}
			file = f
			return 0
		},
		"stop": func(L *lua.LState) int {
			pprof.StopCPUProfile()
			if err := file.Close(); err != nil {
				L.RaiseError("%v", err)
			}
			return 0
		},
	}))
	return 1
}
