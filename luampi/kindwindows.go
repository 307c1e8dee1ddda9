package luampi

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var windowKinds = family{
	table.Win:  {read: (*call).readWindow, leads: func(v lua.LValue) bool { return object[window](v) != nil }},
	table.File: {read: (*call).readFile, result: (*call).fileResult, methods: "file"},
}

func (x *call) readWindow(i int) {
	_, v := x.argument(i)
	w := object[window](v)
	if w == nil {
		x.expected(i, "window", v)
	}
	x.refuse(i, w.unusable())
	x.win = w
	x.comm = w.comm
	x.put(i, w.handle)
	x.c.S[table.SlotComm] = w.comm.Shadow // for the barrier of a call that can be left
}

// readFile reads an argument that is a file. Collective calls on it count as
// ones on its communicator.
func (x *call) readFile(i int) {
	a, v := x.argument(i)
	h := toHandle(v, "file")
	if h == nil || h.file == nil {
		x.expected(i, "file", v)
	}
	if h.freed {
		x.arg(i, "the file was closed")
	}
	x.refuse(i, h.file.comm.Ended())
	if h.file.begun != "" && a.Frees {
		x.arg(i, "%s has not ended", h.file.begun)
	}
	x.put(i, h.value)
	x.file, x.comm = h.file, h.file.comm
	x.c.S[table.SlotComm] = x.comm.Shadow // for the barrier of a call that can be left
	if a.Frees {
		x.frees = h
	}
}

// fileResult makes the userdata of a file that was opened.
func (x *call) fileResult(i int) lua.LValue {
	x.m.s.OwnShared("File_close", x.word(i))
	x.comm.Keep()
	return x.m.newObject(&handle{class: "file", value: x.word(i), file: &opened{comm: x.comm}}, x.m.handleMT["file"])
}
