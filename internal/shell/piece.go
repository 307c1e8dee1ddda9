package shell

import (
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
)

// keepName is what the code calls that hands its local variables over; nobody writes
// such a name.
const keepName = "mpiclus_keep__"

// pieceHead stands before the code of an input, in its first line.
const pieceHead = "return function(...) "

// expression gives the code that returns the values of code, if that is one expression
// or several.
func expression(name, code string) (returning string, ok bool) {
	if strings.TrimSpace(code) == "" {
		return "", false
	}
	returning = "return " + code
	if _, err := tree.Compile(name, returning); err != nil || onlyComment(code) {
		return "", false
	}
	return returning, true
}

func onlyComment(code string) bool {
	_, err := tree.Compile("stdin", "x = "+code)
	return err != nil && tree.IsBeginning("x = "+code)
}

// compile makes a function of code, which returns the value of an expression. The
// local variables of earlier inputs are its upvalues; those that the code itself
// declares are kept when it comes to its end.
func (s *Shell) compile(t *interp.Task, name, code string) (*lua.LFunction, error) {
	code, err := s.body(name, code)
	if err != nil {
		return nil, err
	}
	piece := tree.ReadPiece(code)
	used := s.used(piece)
	if len(piece.Locals) > 0 {
		used = append(used, keepName)
		code = keeping(code, piece)
	}
	head := ""
	if len(used) > 0 {
		head = "local " + strings.Join(used, ",") + " "
	}
	outer, err := s.interp.Codec().Chunks.LoadTemporary(t.L(), name, head+pieceHead+code+"\nend")
	if err != nil {
		return nil, scriptError(err)
	}
	made, err := t.Call(outer)
	if err != nil {
		return nil, err
	}
	fn := made[0].(*lua.LFunction)
	s.bind(t.L(), fn)
	return fn, nil
}

// body is what the function of a piece of code is to do, with a return before an
// expression. The error is that of code that cannot be compiled.
func (s *Shell) body(name, code string) (string, error) {
	if returning, ok := expression(name, code); ok {
		return returning, nil
	}
	if _, err := tree.Compile(name, code); err != nil {
		return "", scriptError(err)
	}
	return code, nil
}

// used lists the local variables of earlier inputs whose names are in a piece.
func (s *Shell) used(piece tree.Piece) (names []string) {
	for _, name := range piece.Names {
		if s.locals[name] != nil {
			names = append(names, name)
		}
	}
	return names
}

// keeping is code that hands over a function which has its local variables as upvalues,
// at its end or before it returns.
func keeping(code string, piece tree.Piece) string {
	slices.Sort(piece.Locals)
	names := strings.Join(slices.Compact(piece.Locals), ",")
	keep := " " + keepName + "(function() return " + names + " end)"
	if piece.Return < 0 {
		return code + "\n" + keep
	}
	return code[:piece.Return] + keep + " " + code[piece.Return:]
}

// bind gives a function the variables that it has by name.
func (s *Shell) bind(L *lua.LState, fn *lua.LFunction) {
	for i, name := range fn.Proto.DbgUpvalues {
		if kept := s.locals[name]; kept != nil {
			fn.Upvalues[i] = kept
		}
		if name == keepName {
			fn.Upvalues[i] = closed(L.NewFunction(s.keep))
		}
	}
}

func closed(v lua.LValue) *lua.Upvalue {
	u := &lua.Upvalue{}
	u.Close()
	u.SetValue(v)
	return u
}

// keep takes the variables of a function for later inputs. They are the variables
// themselves: functions that use one go on to share it.
func (s *Shell) keep(L *lua.LState) int {
	fn := L.CheckFunction(1)
	for i, name := range fn.Proto.DbgUpvalues {
		s.locals[name] = fn.Upvalues[i]
	}
	return 0
}
