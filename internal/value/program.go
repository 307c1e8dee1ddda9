package value

import (
	"crypto/sha256"
	"encoding/binary"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
)

// Hash names a chunk of source: the first half of SHA-256 over its name and
// source.
type Hash = [16]byte

// Ref is a chunk of source that a message needs.
type Ref struct {
	Hash Hash
	Home int32 // the pid that surely has it: the one that encoded the message
}

// program is a compiled chunk: its functions, the main function first, each
// followed by those inside it. A function travels as its number in this list.
type program struct {
	protos []*lua.FunctionProto
	recent bool // in Chunks.recent
}

func newProgram(root *lua.FunctionProto) *program {
	p := &program{}
	var walk func(proto *lua.FunctionProto)
	walk = func(proto *lua.FunctionProto) {
		p.protos = append(p.protos, proto)
		for _, inner := range proto.FunctionPrototypes {
			walk(inner)
		}
	}
	walk(root)
	return p
}

// hashOf is the hash that a chunk travels under.
func hashOf(name, source string) (h Hash) {
	sum := sha256.New()
	var n [8]byte
	binary.LittleEndian.PutUint64(n[:], uint64(len(name)))
	sum.Write(n[:])
	sum.Write([]byte(name))
	sum.Write([]byte(source))
	copy(h[:], sum.Sum(nil))
	return h
}

// compile returns the program of a source, or its error in the shape
// "job.lua:3: unexpected symbol near 'x'".
func compile(name, source string) (*program, error) {
	main, err := tree.Compile(name, source)
	if err != nil {
		return nil, err
	}
	return newProgram(main), nil
}
