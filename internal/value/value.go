// Package value turns Lua values into messages and back.
//
// A Codec encodes a list of values: nil, booleans, numbers (bit for bit),
// strings, tables with their metatables, arrays, functions with what they
// captured. Within one message everything that has an identity keeps it:
// tables may be shared and cyclic, two functions may share a captured
// variable, an array that is met twice arrives as one.
//
//	m, err := codec.Encode(L, "argument", fn, lua.LNumber(1)) // here
//	for _, ref := range codec.Missing(m) { … codec.Chunks.Add(name, source) } // there
//	vs, err := codec.Decode(L, m)
//
// Three kinds of values do not travel by content:
//
//   - What a loaded module or the standard library holds goes by its name
//     (Names), and is the receiver's own.
//   - A function goes as the hash of the chunk of source that it was compiled
//     from, its number among the functions of that chunk, and its captured
//     variables (Chunks). A function with an environment of its own (setfenv)
//     takes that table along like a captured variable; one that runs in the
//     globals runs in the receiver's.
//   - Userdata of other packages goes the way its Traveller says.
//
// Everything else (coroutines, channels, other userdata, Go functions of no
// module) is an error that names the path to the value.
package value

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Traveller is implemented by the Value of userdata that travels. kind is one
// that the receiver registered with Codec.Register; data goes to the decoder
// as it is.
type Traveller interface {
	Travel() (kind string, data []byte, err error)
}

// Codec encodes and decodes for one interpreter. Self, Chunks, Names and
// Resolve are set before first use; Self may change while no call runs.
// Encode, Decode, Copy and Register are for the holder of the interpreter;
// Missing may be called by anyone.
type Codec struct {
	Self   int32 // this process's pid
	Chunks *Chunks
	Names  *Names
	// Resolve gives a module by its name, "my.mod" or "_G", requiring it if
	// need be; it may let go of the interpreter meanwhile. It is asked only
	// for modules that Names does not know. Without it such a name is an error.
	Resolve func(L *lua.LState, module string) (lua.LValue, error)

	holes int // of all lists in a message at most; 0 for the default
	kinds map[string]func(L *lua.LState, data []byte) (lua.LValue, error)
}

// Register tells how userdata of a kind is made again on arrival. data is the
// decoder's to keep.
func (c *Codec) Register(kind string, decode func(L *lua.LState, data []byte) (lua.LValue, error)) {
	if c.kinds == nil {
		c.kinds = map[string]func(L *lua.LState, data []byte) (lua.LValue, error){}
	}
	c.kinds[kind] = decode
}

func (c *Codec) maxHoles() int {
	if c.holes > 0 {
		return c.holes
	}
	return maxHoles
}

// ErrForeign is the error of Decode for what a process sent that is trusted with
// data alone.
var ErrForeign = luaerr.New(luaerr.Argument, "a function, or a part of a module, came from a worker, and this master takes values only: "+
	"return what the function would give, or run without --untrusted-workers")
