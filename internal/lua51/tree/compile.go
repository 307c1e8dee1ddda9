// Package tree compiles Lua 5.1 for gopher-lua's machine. gopher-lua parses and
// compiles; before, between and after, this package changes what it gets and
// gives, where it is wrong about the language (docs/adr/0009):
//
//	source ─ look ─ parse ─ rewrite ─ resolve ─ compile ─ repair ─ function
package tree

import (
	"errors"
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Compile gives the main function of a chunk, or the error of a source that
// cannot be compiled, "job.lua:3: unexpected symbol near 'x'". It may be called
// from any goroutine.
func Compile(name, source string) (main *lua.FunctionProto, err error) {
	defer func() {
		if r := recover(); r != nil {
			main, err = nil, luaerr.New(luaerr.Script, "%s: cannot be compiled: %v", name, r)
		}
	}()
	main, err = compile(name, source, nil)
	if err != nil {
		if flaw := mistake(source); flaw != nil {
			return nil, flaw.err(name)
		}
	}
	return main, err
}

// Trace gives the origin of the program that Compile makes of a source. It may
// be called from any goroutine.
func Trace(name, source string) (o *Origin, err error) {
	defer func() {
		if r := recover(); r != nil {
			o, err = nil, luaerr.New(luaerr.Script, "%s: cannot be compiled: %v", name, r)
		}
	}()
	stmts, err := parsed(name, source)
	if err != nil {
		return nil, err
	}
	o = &Origin{variables: map[ast.Expr]*Variable{}, chains: map[ast.Expr][]ast.Expr{}}
	numbered(stmts, func(node ast.PositionHolder, function int) { o.marks = append(o.marks, mark{node, function}) })
	main, err := compile(name, source, o)
	if err != nil {
		return nil, err
	}
	o.list(main)
	for _, f := range o.functions {
		if len(f.Constants)+otherConstants > keptConstants {
			o.keys = o.constantOrder(stmts)
			break
		}
	}
	return o, nil
}

// parsed gives the tree of a source.
func parsed(name, source string) ([]ast.Stmt, error) {
	read, flaw := look(source)
	if flaw != nil {
		return nil, flaw.err(name)
	}
	stmts, err := parse.Parse(strings.NewReader(read), name)
	if err != nil {
		return nil, syntaxError(name, source, err)
	}
	return stmts, nil
}

// compile compiles a source, with the numbers of o in place of lines if that is
// not nil.
func compile(name, source string, o *Origin) (*lua.FunctionProto, error) {
	stmts, err := parsed(name, source)
	if err != nil {
		return nil, err
	}
	if o != nil {
		o.mark(stmts)
	}
	var r rewriter
	if r.rewrite(stmts); r.flaw != nil {
		return nil, r.flaw.err(name)
	}
	jumps := resolve(stmts, o)
	if jumps.flaw != nil {
		return nil, jumps.flaw.err(name)
	}
	zeros(stmts)
	constants := &pool{}
	stmts = constants.function(stmts)
	if constants.flaw != nil {
		return nil, constants.flaw.err(name)
	}
	main, err := lua.Compile(stmts, name)
	if err != nil {
		return nil, syntaxError(name, source, err)
	}
	repair(main, jumps, constants)
	if o == nil { // else there are no lines
		jumps.main.settle(main)
	}
	return main, nil
}

func (f *flaw) err(name string) error {
	text := f.what
	if f.cure != "" && !(strings.HasSuffix(text, "'<eof>'") && isTyped(name)) {
		text += ": " + f.cure
	}
	return luaerr.New(luaerr.Script, "%s:%d: %s", name, f.line, text)
}

// isTyped tells whether the name of a source is that of text, not of a file. Who
// reads lines until they are a whole chunk looks for '<eof>' at the end of the
// error, as lua5.1 itself does.
func isTyped(name string) bool { return name == "stdin" || strings.HasPrefix(name, "[string ") }

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
		line, what = max(limit.Line, 1), limit.Message
		switch {
		case strings.Contains(what, "register overflow"), strings.Contains(what, "too many local variables"):
			what = "function or expression too complex"
		case strings.Contains(what, "too long to jump"):
			what = "control structure too long"
		}
	default:
		what = err.Error()
	}
	e := luaerr.New(luaerr.Script, "%s:%d: %s", name, line, what)
	e.Cause = err
	return e
}
