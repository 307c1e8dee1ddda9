// Package stdlib is the standard library of Lua 5.1 for gopher-lua, as the
// reference manual (https://www.lua.org/manual/5.1/manual.html, section 5) and
// the program lua5.1 have it: the same results, the same errors, and the same
// words in them.
//
// Each library has a function that puts it into the globals of an interpreter:
//
//	env := &stdlib.Env{Stdout: os.Stdout}
//	stdlib.OpenTable(L, env)
//	stdlib.OpenIO(L, env)
package stdlib

import (
	"context"
	"io"
	"os"
	"runtime"
	"runtime/metrics"
	"strings"

	lua "github.com/yuin/gopher-lua"
)

// Env is what the library needs of the process that it runs in. The zero value
// is a process that runs nothing but one script: nobody else waits for the
// interpreter, and nobody interrupts it. All libraries of an interpreter are
// opened with the same Env, which must not be changed afterwards.
type Env struct {
	// Stdout takes what print and io.stdout write; nil is os.Stdout.
	Stdout io.Writer
	// Wait is how a function waits for the world outside: it lets others use
	// the interpreter, calls wait with a context that ends when the script is
	// interrupted, and returns its error. wait must not touch Lua.
	Wait func(L *lua.LState, wait func(ctx context.Context) error) error
	// Check raises an error when the script was interrupted. Functions that
	// work for long without a call of Lua ask it now and then.
	Check func(L *lua.LState)
	// Exit ends the process for os.exit; it is called without the interpreter.
	// Nil is os.Exit.
	Exit func(code int)
	// Called tells by which name the function at a level of the stack was
	// called (0 is the function that runs), and what kind of name that is:
	// "global", "local", "method", "field", "upvalue", or "" for none.
	Called func(L *lua.LState, level int) (name, what string)
	// Load compiles a chunk. The name is as people read it ("job.lua",
	// "[string \"x = 1\"]"). Functions of a lasting chunk stay known to the
	// process; those of another until nothing holds them.
	Load func(L *lua.LState, name, source string, lasting bool) (*lua.LFunction, error)
	// Text gives the source of the chunk that a function was compiled from, and
	// reports whether that is known.
	Text func(fn *lua.LFunction) (string, bool)
	// Locate tells in which chunk a function stands, and as which of its
	// functions; LoadFunction compiles that one, and what it captures is nil.
	// Nil: no function can be dumped.
	Locate       func(fn *lua.LFunction) (name, source string, index int, ok bool)
	LoadFunction func(L *lua.LState, name, source string, index int) (*lua.LFunction, error)
	// Tail reports whether a level of the stack is a function that has ended in
	// a tail call, of which nothing is known. Nil: no level is.
	Tail func(L *lua.LState, level int) bool
	// Collect collects garbage; nil is Go's collector alone.
	Collect func(L *lua.LState)
	// Memory is the number of bytes in use; nil is what Go's heap takes.
	Memory func() uint64

	// Own gives what opens a module that the process offers, nil if it has none
	// of that name. Such modules stand beside those of package.preload.
	Own func(module string) lua.LGFunction
	// Meant returns the name of such a module that is most like one that there is
	// not, "" for none.
	Meant func(module string) string
	// Last is a loader of modules (package.loaders) that is asked when there is
	// no file; nil is none.
	Last lua.LGFunction

	stdout         *stream
	tostring       lua.LValue // as the interpreter began with it
	pause, stepmul int        // of the collector, as scripts have set them
	files          files
	chunks         map[*byte]string  // whole names of chunks, by the memory of the short ones
	shortNames     map[string]string // those short ones, by the whole ones
	packages       *lua.LTable       // the library package
	typeMetatables map[lua.LValueType]lua.LValue
	installed      bool
}

// envKey is where the registry of an interpreter holds its Env.
const envKey = "mpiclus.stdlib"

// install makes env the one of an interpreter, and fills in what it leaves out.
func (env *Env) install(L *lua.LState) {
	if env.installed {
		return
	}
	env.installed = true
	env.pause, env.stepmul = 200, 200 // lua5.1's own
	if env.Stdout == nil {
		env.Stdout = os.Stdout
	}
	env.stdout = standardOutput(env)
	if env.Collect == nil {
		env.Collect = func(*lua.LState) { runtime.GC() }
	}
	if env.Memory == nil {
		env.Memory = HeapBytes
	}
	if env.Own == nil {
		env.Own = func(string) lua.LGFunction { return nil }
	}
	if env.Meant == nil {
		env.Meant = func(string) string { return "" }
	}
	if env.Tail == nil {
		env.Tail = func(*lua.LState, int) bool { return false }
	}
	if env.Wait == nil {
		env.Wait = func(_ *lua.LState, wait func(ctx context.Context) error) error { return wait(context.Background()) }
	}
	if env.Check == nil {
		env.Check = func(*lua.LState) {}
	}
	if env.Exit == nil {
		env.Exit = os.Exit
	}
	if env.Load == nil {
		env.Load = loadPlainly
	}
	if env.Text == nil {
		env.Text = func(*lua.LFunction) (string, bool) { return "", false }
	}
	L.G.Registry.RawSetString(envKey, &lua.LUserData{Value: env, Metatable: lua.LNil})
}

// envOf returns the Env of the interpreter that L belongs to.
func envOf(L *lua.LState) *Env {
	if ud, ok := L.G.Registry.RawGetString(envKey).(*lua.LUserData); ok {
		if env, ok := ud.Value.(*Env); ok {
			return env
		}
	}
	return &Env{}
}

// called is Env.Called, or what gopher-lua itself knows of the name.
func (env *Env) called(L *lua.LState, level int) (name, what string) {
	if env.Called != nil {
		return env.Called(L, level)
	}
	dbg, ok := L.GetStack(level)
	if !ok {
		return "", ""
	}
	if _, err := L.GetInfo("n", dbg, lua.LNil); err != nil || dbg.Name == "" || dbg.Name[0] == '(' || dbg.Name[0] == '<' {
		return "", ""
	}
	return dbg.Name, "global"
}

// loadPlainly compiles a chunk that nobody but L will know.
func loadPlainly(L *lua.LState, name, source string, _ bool) (*lua.LFunction, error) {
	return L.Load(strings.NewReader(source), name)
}

// HeapBytes is the memory that live and not yet collected objects take.
func HeapBytes() uint64 {
	sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}
