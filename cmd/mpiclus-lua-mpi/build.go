package main

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/modules"
)

// version is set by the build.
var version = "devel"

// extra are Lua modules that builds for tests and for profiles have.
var extra = map[string]lua.LGFunction{}

// common adds the Lua modules of every process.
func common(in *interp.Interp) {
	modules.Common(in)
	for name, open := range extra {
		in.AddModule(name, open)
	}
}
