package interp

import (
	"context"
	"errors"
	"fmt"
	"os"
	"runtime"
	"runtime/metrics"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
)

// openStandard puts in place what differs from gopher-lua's standard library:
// print through Config.Stdout, chunks that travel, require and coroutines
// under tasks, os.exit that closes first, and waits that let others run.
func (in *Interp) openStandard() {
	L := in.root
	in.namer = L.NewFunction(func(L *lua.LState) int {
		if s, ok := L.Get(1).(lua.LString); ok {
			L.Push(lua.LString(in.named(L, string(s))))
		}
		return 1 // anything else is handed on as it is
	})
	set := func(name string, fn lua.LGFunction) { L.SetGlobal(name, L.NewFunction(fn)) }
	set("print", in.print)
	in.pcalls = L.NewFunction(in.pcall)
	L.SetGlobal("pcall", in.pcalls)
	stock := L.GetGlobal("xpcall").(*lua.LFunction).GFunction
	set("xpcall", func(L *lua.LState) int {
		defer in.recovered(L)
		return stock(L)
	})
	set("load", in.load)
	set("loadstring", in.loadString)
	set("loadfile", in.loadFile)
	set("dofile", in.doFile)
	set("require", in.require)
	set("collectgarbage", in.collectGarbage)
	env := &stdlib.Env{Check: checkEnd, Called: called}
	stdlib.OpenNumber(L, env)
	stdlib.OpenString(L, env)
	stdlib.OpenMath(L, env)
	os := L.GetGlobal("os").(*lua.LTable)
	os.RawSetString("exit", L.NewFunction(in.exit))
	in.waitIn(os, "execute")
	debug := L.GetGlobal("debug").(*lua.LTable)
	debug.RawSetString("traceback", L.NewFunction(debugTraceback))
	io := L.GetGlobal("io").(*lua.LTable)
	in.waitIn(io, "read")
	in.stringArithmetic(L)
	in.openCoroutines(L.GetGlobal("coroutine").(*lua.LTable))
	in.cfg.Codec.Names.AddModule("_G", L.G.Global)
	in.SetArgs(in.cfg.Args) // the script's own: it travels by value
}

// SetArgs sets the global table arg: the script's name at 0, its arguments
// from 1.
func (in *Interp) SetArgs(args []string) {
	t := in.root.NewTable()
	for i, a := range args {
		t.RawSetInt(i, lua.LString(a))
	}
	in.root.SetGlobal("arg", t)
}

// waitIn makes a library function that waits for the outside world let go of
// the interpreter meanwhile. It may touch nothing but its own Lua thread.
func (in *Interp) waitIn(library *lua.LTable, name string) {
	fn := library.RawGetString(name).(*lua.LFunction)
	stock := fn.GFunction
	fn.GFunction = func(L *lua.LState) (n int) {
		var raised any
		_ = in.Wait(L, func(context.Context) error {
			defer func() { raised = recover() }()
			n = stock(L)
			return nil
		})
		if raised != nil {
			panic(raised)
		}
		return n
	}
}

func (in *Interp) print(L *lua.LState) int {
	var b strings.Builder
	for i := 1; i <= L.GetTop(); i++ {
		if i > 1 {
			b.WriteByte('\t')
		}
		b.WriteString(number.ToString(L, L.Get(i)))
	}
	b.WriteByte('\n')
	if _, err := fmt.Fprint(in.cfg.Stdout, b.String()); err != nil {
		L.RaiseError("print: %v", err)
	}
	return 0
}

// pcall is stock pcall with messages that name the value at fault.
func (in *Interp) pcall(L *lua.LState) int {
	L.CheckAny(1)
	if err := L.PCall(L.GetTop()-1, lua.MultRet, in.namer); err != nil {
		in.recovered(L)
		L.Push(lua.LFalse)
		var raised *lua.ApiError
		if errors.As(err, &raised) {
			L.Push(raised.Object)
		} else {
			L.Push(lua.LString(err.Error()))
		}
		return 2
	}
	L.Insert(lua.LTrue, 1)
	return L.GetTop()
}

// load takes a function that gives pieces, as Lua 5.1 has it, or a string,
// as later versions and most scripts do.
func (in *Interp) load(L *lua.LState) int {
	source, ok := L.Get(1).(lua.LString)
	if !ok {
		reader := L.CheckFunction(1)
		var b strings.Builder
		for {
			if cancelled.Load() != 0 {
				checkEnd(L) // the reader may be one of Go
			}
			L.Push(reader)
			L.Call(0, 1)
			piece := L.Get(-1)
			L.Pop(1)
			s, isString := piece.(lua.LString)
			if piece == lua.LNil || isString && s == "" {
				break
			}
			if !isString {
				L.Push(lua.LNil)
				L.Push(lua.LString("reader function must return a string"))
				return 2
			}
			b.WriteString(string(s))
		}
		source = lua.LString(b.String())
	}
	n := in.pushChunk(L, L.OptString(2, ChunkName(string(source))), string(source))
	if env, ok := L.Get(4).(*lua.LTable); ok && n == 1 {
		L.SetFEnv(L.Get(-1), env)
	}
	return n
}

func (in *Interp) loadString(L *lua.LState) int {
	source := L.CheckString(1)
	return in.pushChunk(L, L.OptString(2, ChunkName(source)), source)
}

// ChunkName names a chunk by its first line, as stock Lua does.
func ChunkName(source string) string {
	line, _, more := strings.Cut(source, "\n")
	if len(line) > 50 {
		line, more = line[:50], true
	}
	if more {
		line += "..."
	}
	return fmt.Sprintf("[string \"%s\"]", line)
}

func (in *Interp) pushChunk(L *lua.LState, name, source string) int {
	fn, err := in.cfg.Codec.Chunks.LoadTemporary(L, strings.TrimLeft(name, "@="), source)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(fn)
	return 1
}

func (in *Interp) loadFile(L *lua.LState) int {
	name := L.CheckString(1)
	fn, err := in.LoadFile(L, name)
	if err != nil {
		L.Push(lua.LNil)
		L.Push(lua.LString(err.Error()))
		return 2
	}
	L.Push(fn)
	return 1
}

func (in *Interp) doFile(L *lua.LState) int {
	fn, err := in.LoadFile(L, L.CheckString(1))
	if err != nil {
		L.RaiseError("%s", err.Error())
	}
	top := L.GetTop()
	L.Push(fn)
	L.Call(0, lua.MultRet)
	return L.GetTop() - top
}

// LoadFile compiles a file and keeps its source, so that its functions can
// travel. A first line that begins with # is skipped.
func (in *Interp) LoadFile(L *lua.LState, name string) (*lua.LFunction, error) {
	source, err := os.ReadFile(name)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", name, err)
	}
	return in.cfg.Codec.Chunks.Load(L, name, dropShebang(string(source)))
}

// dropShebang empties a first line that is meant for the shell; the numbers
// of the other lines stay.
func dropShebang(source string) string {
	if strings.HasPrefix(source, "#") {
		if end := strings.IndexByte(source, '\n'); end >= 0 {
			return source[end:]
		}
		return ""
	}
	return source
}

func (in *Interp) exit(L *lua.LState) int {
	code := 0
	switch v := L.Get(1).(type) {
	case lua.LNumber:
		code = int(v)
	case lua.LBool:
		if !v {
			code = 1
		}
	}
	_ = in.Wait(L, func(context.Context) error { in.cfg.Exit(code); return nil })
	return 0
}

const heapMetric = "/memory/classes/heap/objects:bytes"

// HeapBytes is the memory that live and not yet collected objects take.
func HeapBytes() uint64 {
	sample := []metrics.Sample{{Name: heapMetric}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

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

func (in *Interp) collectGarbage(L *lua.LState) int {
	switch option := L.OptString(1, "collect"); option {
	case "collect":
		in.dropStale(L)
		_ = in.Wait(L, func(context.Context) error {
			runtime.GC() // finds what is garbage
			runtime.GC() // frees what the clean-ups of the first let go
			return nil
		})
		L.Push(lua.LNumber(0))
	case "count":
		L.Push(lua.LNumber(float64(HeapBytes()) / 1024))
	case "stop", "restart", "step", "setpause", "setstepmul":
		L.Push(lua.LNumber(0)) // Go's collector has no such switch
	default:
		L.ArgError(1, fmt.Sprintf("invalid option '%s'", option))
	}
	return 1
}
