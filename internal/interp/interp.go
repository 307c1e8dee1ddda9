// Package interp is the Lua interpreter of a process and the rules by which
// many tasks share it.
//
// A process runs one gopher-lua interpreter whose globals persist. Each
// request is a Task with a Lua thread of its own; exactly one task runs at a
// time, the one that holds the interpreter. There is one rule: nobody waits
// for anything while holding it. A Go function called from Lua that has to
// wait does so through Interp.Wait, which lets go first.
//
//	in := interp.New(interp.Config{Codec: codec})
//	t := in.Start(ctx, "main", func(t *interp.Task) {
//		fn, _ := codec.Chunks.Load(t.L(), "job.lua", source)
//		_, err = t.Call(fn)
//	})
//	<-t.Done()
package interp

import (
	"context"
	"io"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/philox"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Config says what the interpreter of a process is connected to. The zero
// value is a plain interpreter that prints to standard output.
type Config struct {
	// Stdout takes what print and io.write write; default os.Stdout.
	Stdout io.Writer
	// Codec knows the sources and names of the process; default a fresh one.
	Codec *value.Codec
	// Find looks elsewhere for a module that is in no folder of package.path;
	// its error says why there is none. Nil: there is no such place. It is
	// called without the interpreter.
	Find func(ctx context.Context, module string) (Found, error)
	// Exit ends the process for os.exit; default os.Exit. It is called
	// without the interpreter.
	Exit func(code int)
	// Self describes the process in messages, such as "pid 3 (host a)"; nil
	// or "" for a process that is alone.
	Self func() string
	// Random is what the random numbers of the process begin from; nil: from a
	// seed of its own.
	Random *philox.Origin
	// Args is the script's name and its arguments, and Command the program that
	// runs it (default os.Args[0]): the global table arg.
	Args    []string
	Command string
}

// Found is a module that came from elsewhere: as the source of a file, or as
// the function that loads it.
type Found struct {
	Name, Source string
	// Loader, if set, returns the function; who calls it holds the interpreter.
	Loader func(L *lua.LState) (lua.LValue, error)
}

// Interp is the interpreter of a process. Make it with New.
type Interp struct {
	cfg     Config
	root    *lua.LState
	lock    lock
	holder  *Task // the task that holds the interpreter
	pool    []*lua.LState
	modules modules
	// iterators are the functions that pairs and ipairs return, by those names.
	iterators *lua.LTable
	origins   origins
	library   *stdlib.Env
	// overflown are the threads whose calls were nested too deeply, while their
	// handlers may be running.
	overflown map[weak.Pointer[lua.LState]]struct{}
	watched   watched
}

// modules are those that Go code offers, and those that are being loaded.
// Both are touched only by who holds the interpreter.
type modules struct {
	offered map[string]lua.LGFunction
	loading map[string]*loading
}

// loading is a module whose first require is not over.
type loading struct {
	owner *Task
	done  chan struct{}
}

// Registry and call stack of a thread grow from small to these limits.
const (
	registryStart = 1024
	registryStep  = 4096
	registryLimit = 1 << 21 // values; unpack of a million fits
	callDepth     = 20000   // nested Lua calls, as stock Lua's LUAI_MAXCALLS
	callReserve   = 2000    // and room for what tells of an overflow
	poolSize      = 64      // idle threads that are kept
)

// Codec returns the codec that the interpreter was made with.
func (in *Interp) Codec() *value.Codec { return in.cfg.Codec }

// SetSelf sets how messages name this process, once it knows its pid.
func (in *Interp) SetSelf(self func() string) { in.cfg.Self = self }

// SetFind sets where modules that no folder holds come from.
func (in *Interp) SetFind(find func(ctx context.Context, module string) (Found, error)) {
	in.cfg.Find = find
}

// SetExit sets what os.exit does, once there is something to close first.
func (in *Interp) SetExit(exit func(code int)) { in.cfg.Exit = exit }

// NewThread makes a Lua thread for code that runs as part of whichever task
// holds the interpreter.
func (in *Interp) NewThread() *lua.LState {
	L, _ := in.root.NewThread()
	vm.Guard(L)
	return L
}
