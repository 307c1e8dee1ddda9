package luampi

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var textKinds = family{
	table.String: {read: (*call).readString},
	table.Text:   {result: (*call).textResult},
	table.Any:    {read: func(*call, int) {}}, // the call itself looks at it
	table.Self:   {result: func(x *call, _ int) lua.LValue { return x.at[0] }},
}

func (x *call) readString(i int) {
	a, v := x.argument(i)
	text, ok := v.(lua.LString)
	if v == lua.LNil && a.Optional {
		text, ok = lua.LString(a.Default), true
	}
	if !ok {
		x.expected(i, "string", v)
	}
	if strings.IndexByte(string(text), 0) >= 0 {
		x.arg(i, "the text has a zero byte, where C would end it")
	}
	x.put(i, kept(x, append([]byte(text), 0)))
}

func (x *call) textResult(int) lua.LValue {
	if x.flagFalse() {
		return nil
	}
	return lua.LString(x.c.Text())
}
