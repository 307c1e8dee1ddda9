package interp

import (
	"context"
	"fmt"
	"io"
	"maps"
	"os"
	"runtime"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

// openStandard puts the standard library in place, and what of it belongs to the
// machine and its tasks: errors, require and coroutines.
func (in *Interp) openStandard() {
	L := in.root
	set := func(name string, fn lua.LGFunction) { L.SetGlobal(name, L.NewFunction(fn)) }
	set("error", func(L *lua.LState) int {
		vm.Error(L, L.Get(1), stdlib.OptInt(L, 2, 1))
		return 0
	})
	L.SetGlobal("pcall", vm.NewPcall(L, stdlib.ArgError))
	L.SetGlobal("xpcall", vm.NewXpcall(L, stdlib.ArgError))
	in.openLibraries(L)
	set("require", in.require)
	in.openCoroutines(L.GetGlobal("coroutine").(*lua.LTable))
	in.cfg.Codec.Names.AddModule("_G", L.G.Global)
	in.nameIterators(L)
	in.SetArgs(in.cfg.Args) // the script's own: it travels by value
}

// openLibraries opens the standard library in place of gopher-lua's.
func (in *Interp) openLibraries(L *lua.LState) {
	chunks := in.cfg.Codec.Chunks
	env := &stdlib.Env{
		Stdout: in.cfg.Stdout,
		Wait:   in.Wait,
		Check: func(L *lua.LState) {
			if vm.Wanted() {
				checkEnd(L)
			}
		},
		Exit:   func(code int) { in.cfg.Exit(code) },
		Called: called,
		Load: func(L *lua.LState, name, source string, lasting bool) (*lua.LFunction, error) {
			if lasting {
				return chunks.Load(L, name, source)
			}
			return chunks.LoadTemporary(L, name, source)
		},
		Text:         func(fn *lua.LFunction) (string, bool) { return chunks.Text(fn.Proto) },
		Locate:       func(fn *lua.LFunction) (string, string, int, bool) { return chunks.Locate(fn.Proto) },
		LoadFunction: chunks.LoadFunction,
		Tail:         lostByTailCall,
		Collect:      in.collect,
		Own:          func(module string) lua.LGFunction { return in.modules.offered[module] },
		Meant:        func(module string) string { return nearest.Name(module, slices.Collect(maps.Keys(in.modules.offered))) },
		Last:         in.foundLoader,
	}
	in.library = env
	stdlib.OpenBase(L, env)
	stdlib.OpenPackage(L, env)
	stdlib.OpenNumber(L, env)
	stdlib.OpenString(L, env)
	stdlib.OpenMath(L, env)
	stdlib.OpenTable(L, env)
	stdlib.OpenOS(L, env)
	stdlib.OpenIO(L, env)
	stdlib.OpenDebug(L, env)
	for _, name := range []string{"_printregs", "_GOPHER_LUA_VERSION", "channel"} {
		L.SetGlobal(name, lua.LNil)
	}
}

// SetArgs sets the global table arg: the command at -1, the script's name at 0,
// its arguments from 1.
func (in *Interp) SetArgs(args []string) {
	t := in.root.NewTable()
	command := in.cfg.Command
	if command == "" {
		command = os.Args[0]
	}
	vm.SetInt(t, -1, lua.LString(command))
	for i, a := range args {
		vm.SetInt(t, i, lua.LString(a))
	}
	in.root.SetGlobal("arg", t)
}

// LoadFile compiles a file, or what standard input holds when its name is "-",
// and keeps its source, so that its functions can travel. A first line that is
// for the shell is skipped.
func (in *Interp) LoadFile(L *lua.LState, name string) (*lua.LFunction, error) {
	text, err := in.readScript(L, name)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	if name == "-" {
		return in.LoadText(L, "stdin", text)
	}
	return in.cfg.Codec.Chunks.Load(L, name, stdlib.Source(text))
}

// LoadText compiles a script that is in no file. name is what messages call it.
func (in *Interp) LoadText(L *lua.LState, name, text string) (*lua.LFunction, error) {
	return in.cfg.Codec.Chunks.Load(L, in.library.ShortName("="+name, text), stdlib.Source(text))
}

// readScript reads a file, which may be a terminal or a pipe, as a task waits: an
// interrupt leaves the read behind.
func (in *Interp) readScript(L *lua.LState, name string) (string, error) {
	type result struct {
		text []byte
		err  error
	}
	read := make(chan result, 1)
	go func() {
		var r result
		if name == "-" {
			r.text, r.err = io.ReadAll(os.Stdin)
		} else {
			r.text, r.err = os.ReadFile(name)
		}
		read <- r
	}()
	var r result
	err := in.Wait(L, func(ctx context.Context) error {
		select {
		case r = <-read:
			return r.err
		case <-ctx.Done():
			return context.Cause(ctx)
		}
	})
	return string(r.text), err
}

// HeapBytes is the memory that live and not yet collected objects take.
func HeapBytes() uint64 { return stdlib.HeapBytes() }

// Depth of calls and number of registers above those in use that dropStale
// clears.
const (
	staleCalls     = 64
	staleRegisters = 1024
)

// dropStale lets go of values that idle threads and the unused part of this
// one still refer to: gopher-lua does not clear what a call leaves behind.
func (in *Interp) dropStale(L *lua.LState) {
	in.pool = nil
	top := L.GetTop()
	L.SetTop(top + staleRegisters)
	L.SetTop(top)
	var down func(L *lua.LState) int
	depth := 0
	fn := L.NewFunction(func(L *lua.LState) int { return down(L) })
	down = func(L *lua.LState) int {
		if depth++; depth < staleCalls {
			L.Push(fn)
			L.Call(0, 0)
		}
		return 0
	}
	down(L)
}

// collect is collectgarbage("collect").
func (in *Interp) collect(L *lua.LState) {
	in.dropStale(L)
	if vm.Collect(L, runtime.GC) { // without letting go: tables are without their weak fields
		in.dropStale(L)
	}
	_ = in.Wait(L, func(context.Context) error {
		runtime.GC() // finds what is garbage
		runtime.GC() // frees what the clean-ups of the first let go
		return nil
	})
}
