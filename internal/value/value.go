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
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Message is a list of encoded values.
type Message struct {
	// Body holds the values, and the chunks of source that they need.
	Body []byte
	// Blobs are the raw memory of arrays and of strings of 64 KiB and more,
	// in the order met. After Encode they alias live memory; Decode takes
	// them over.
	Blobs [][]byte

	// Travellers are the userdata in it that Encode met and that travel in
	// their own way. They are here to be kept alive until the receiver has
	// its own; Decode does not fill it in.
	Travellers []Traveller

	// Foreign marks a message of a process that is trusted with data alone:
	// Decode refuses functions, and names of anything but userdata, and looks
	// for no source.
	Foreign bool

	// held keeps chunks that Missing found here until Decode has run.
	held []*program
}

// Detach copies the blobs, which after Encode alias live arrays: to be called
// when a message is kept past the call that encoded it. It gives m.
func (m *Message) Detach() *Message {
	for i, b := range m.Blobs {
		m.Blobs[i] = copyBlob(b)
	}
	return m
}

// Clone gives a copy with blobs of its own. A message that is to be decoded
// more than once is cloned for each time but the last.
func (m *Message) Clone() *Message {
	c := &Message{Body: m.Body, Blobs: append([][]byte(nil), m.Blobs...), Travellers: m.Travellers, Foreign: m.Foreign, held: m.held}
	return c.Detach()
}

// copyBlob makes the copy start at a multiple of 16 bytes, as arrays like it.
func copyBlob(b []byte) []byte {
	own := make([]byte, len(b), (len(b)+15)&^15)
	copy(own, b)
	return own
}

// Size is the number of bytes in the body and the blobs.
func (m *Message) Size() int {
	n := len(m.Body)
	for _, b := range m.Blobs {
		n += len(b)
	}
	return n
}

// Hash names a chunk of source: the first half of SHA-256 over its name and
// source.
type Hash = [16]byte

// Ref is a chunk of source that a message needs.
type Ref struct {
	Hash Hash
	Home int32 // the pid that surely has it: the one that encoded the message
}

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

// ErrMalformed is wrapped by the errors of Decode for bytes that no Encode
// made.
var ErrMalformed = errors.New("malformed message")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}
