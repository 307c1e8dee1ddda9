package value

import (
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/parse"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

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

// compile gives the program of a source, or its error in the shape
// "job.lua:3: syntax error near 'x'".
func compile(name, source string) (p *program, err error) {
	defer func() {
		if r := recover(); r != nil {
			p, err = nil, luaerr.New(luaerr.Script, "%s: cannot be compiled: %v", name, r)
		}
	}()
	stmts, err := parse.Parse(strings.NewReader(source), name)
	if err != nil {
		return nil, syntaxError(name, source, err)
	}
	var r rewriter
	if r.rewrite(stmts); r.flaw != "" {
		return nil, luaerr.New(luaerr.Script, "%s:%d: %s", name, r.line, r.flaw)
	}
	root, err := lua.Compile(stmts, name)
	if err != nil {
		return nil, syntaxError(name, source, err)
	}
	return newProgram(root), nil
}

func syntaxError(name, source string, err error) error {
	var at *parse.Error
	var limit *lua.CompileError
	line, what := 0, ""
	switch {
	case errors.As(err, &at) && at.Pos.Line == parse.EOF:
		line, what = strings.Count(strings.TrimRight(source, "\n"), "\n")+1, at.Message+" near <eof>"
	case errors.As(err, &at):
		line, what = at.Pos.Line, at.Message
		if at.Token != "" {
			what += fmt.Sprintf(" near '%s'", at.Token)
		}
	case errors.As(err, &limit):
		line, what = limit.Line, limit.Message
	default:
		what = err.Error()
	}
	e := luaerr.New(luaerr.Script, "%s:%d: %s", name, line, what)
	e.Cause = err
	return e
}
