package shell

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// help is %help.
func (s *Shell) help(name string, c *call) (o Outcome) {
	if c.words == "" {
		return Outcome{Text: helpList()}
	}
	if cmd := commandNamed(strings.TrimPrefix(c.words, "%")); cmd != nil {
		return Outcome{Text: cmd.usage() + "\n    " + cmd.doc}
	}
	o.Err = s.pieces.Run(name, func(t *interp.Task) (err error) {
		o.Text, err = s.describe(t, c.words)
		return err
	})
	return o
}

// describe tells what a name is: of the tables of the documentation, or of its value.
func (s *Shell) describe(t *interp.Task, name string) (string, error) {
	if text := s.documented(t.L(), name); text != "" {
		return text, nil
	}
	v, ok := s.lookUp(t.L(), name)
	if !ok || v == lua.LNil {
		return "", wrong("%%help: nothing is called %s here", name)
	}
	if fn, ok := v.(*lua.LFunction); ok && !fn.IsG {
		return s.defined(fn, name), nil
	}
	text, err := s.show(t, []lua.LValue{v})
	return name + " is a " + v.Type().String() + "\n" + text, err
}

// documented is what the documentation has on a name, "" for nothing.
func (s *Shell) documented(L *lua.LState, name string) string {
	if v, ok := s.lookUp(L, name); ok && v != lua.LNil {
		if path, known := s.interp.Codec().Names.Name(v); known {
			name = path
		}
	}
	module, rest, _ := strings.Cut(name, ".")
	switch module {
	case "mpi":
		if rest != "" {
			return table.Help(rest)
		}
	case "array":
		return array.Help(rest)
	}
	if at := strings.LastIndexAny(name, ":"); at > 0 {
		if v, ok := s.lookUp(L, name[:at]); ok && array.Is(v) {
			return array.Help(name[at+1:])
		}
	}
	return ""
}

// maxComment is how many lines of a comment before a function are shown.
const maxComment = 20

// defined tells where a function of the user's stands, with the comment before it.
func (s *Shell) defined(fn *lua.LFunction, name string) string {
	p := fn.Proto
	var params []string
	for i := 0; i < int(p.NumParameters) && i < len(p.DbgLocals); i++ {
		params = append(params, p.DbgLocals[i].Name)
	}
	if p.IsVarArg != 0 {
		params = append(params, "...")
	}
	text := fmt.Sprintf("%s(%s)", name, strings.Join(params, ", "))
	source, _ := s.interp.Codec().Chunks.Text(p)
	lines := strings.Split(source, "\n")
	if _, own, ok := strings.Cut(lines[0], pieceHead); ok {
		lines[0] = own
	}
	var comment []string
	for at := p.LineDefined - 2; at >= 0 && at < len(lines) && len(comment) < maxComment; at-- {
		line := strings.TrimSpace(lines[at])
		if !strings.HasPrefix(line, "--") {
			break
		}
		comment = append([]string{"\n    " + strings.TrimSpace(strings.TrimLeft(line, "-"))}, comment...)
	}
	return text + strings.Join(comment, "") + fmt.Sprintf("\n    %s:%d", p.SourceName, p.LineDefined)
}

// lookUp gives the value of a name such as t.x.y or a:sum, without calling anything of
// the user's.
func (s *Shell) lookUp(L *lua.LState, name string) (lua.LValue, bool) {
	parts := strings.FieldsFunc(name, func(r rune) bool { return r == '.' || r == ':' })
	if len(parts) == 0 {
		return nil, false
	}
	v := s.variable(L, parts[0])
	for _, part := range parts[1:] {
		next := lua.LValue(lua.LNil)
		for _, t := range s.holders(L, v) {
			if next = vm.RawGet(t, lua.LString(part)); next != lua.LNil {
				break
			}
		}
		if v = next; v == lua.LNil {
			return nil, false
		}
	}
	return v, true
}

// maxChain is how many tables after each other are looked at through __index.
const maxChain = 10

// holders lists the tables where the fields of a value are: itself, and those that
// its metatable names.
func (s *Shell) holders(L *lua.LState, v lua.LValue) (tables []*lua.LTable) {
	for range maxChain {
		t, isTable := v.(*lua.LTable)
		if isTable {
			tables = append(tables, t)
		}
		mt, ok := L.GetMetatable(v).(*lua.LTable)
		if !ok {
			return tables
		}
		if methods, ok := mt.RawGetString("methods").(*lua.LTable); ok && !isTable {
			tables = append(tables, methods)
		}
		if v = mt.RawGetString("__index"); v.Type() != lua.LTTable {
			return tables
		}
	}
	return tables
}
