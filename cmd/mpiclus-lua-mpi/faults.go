//go:build faults

package main

/*
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

static void say(const char *text) { printf("%s", text); }
static void crash(void) { *(volatile int *)0 = 1; }
*/
import "C"

import (
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// Builds for tests have a Lua module that does what scripts cannot do but C
// libraries and defects of ours can.
func init() { extra["faults"] = openFaults }

func openFaults(L *lua.LState) int {
	L.Push(L.SetFuncs(L.NewTable(), map[string]lua.LGFunction{
		// printf writes through C's buffer and does not flush it.
		"printf": func(L *lua.LState) int {
			text := C.CString(L.CheckString(1))
			defer C.free(unsafe.Pointer(text))
			C.say(text)
			return 0
		},
		// panic ends the process by a Go panic outside Lua's reach.
		"panic": func(L *lua.LState) int {
			text := L.CheckString(1)
			go func() { panic(text) }()
			select {}
		},
		// segv writes to address 0 in C.
		"segv": func(*lua.LState) int { C.crash(); return 0 },
		// abort ends the process as C's assert does.
		"abort": func(*lua.LState) int { C.abort(); return 0 },
		// block sits in C, where nothing can be interrupted, while it holds the
		// interpreter.
		"block": func(L *lua.LState) int { C.sleep(C.uint(L.CheckInt(1))); return 0 },
	}))
	return 1
}
