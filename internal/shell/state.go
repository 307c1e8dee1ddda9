package shell

import (
	"regexp"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Config says what a shell is connected to.
type Config struct {
	Pieces *host.Pieces
	Width  func() int // of the place where values are shown, in columns; nil: 80
}

// Shell is a session of one user. Make it with New.
type Shell struct {
	pieces *host.Pieces
	interp *interp.Interp
	width  func() int
	count  int // inputs that were run

	locals map[string]*lua.Upvalue // of earlier inputs
	known  map[string]bool         // globals that were there before the first input
	sent   []string                // names that %set has sent, in that order
	gave   bool                    // the input at work had a value
	script []string                // the inputs that went well, as a script has them
}

// Outcome is what an input came to.
type Outcome struct {
	Text string // its values, or what a command tells; may be ""
	Err  error  // what it raised: Pieces.Report words it
	Quit bool   // the user wants to leave
}

const defaultWidth = 80

// prelude is what every process has as globals.
const prelude = `cluster, array, mpi = require "cluster", require "array", require "mpi"`

// ownPlace is a place in the shell's own code, which says nothing to the user.
var ownPlace = regexp.MustCompile(`^shell:\d+: `)

// own runs code of the shell's itself.
func (s *Shell) own(t *interp.Task, source string, args ...lua.LValue) ([]lua.LValue, error) {
	fn, err := s.interp.Codec().Chunks.Load(t.L(), "shell", source)
	if err != nil {
		return nil, err
	}
	values, err := t.Call(fn, args...)
	if err != nil {
		e := *luaerr.From(err)
		e.Message, e.Traceback = ownPlace.ReplaceAllString(e.Message, ""), ""
		return nil, &e
	}
	return values, nil
}

// variable is the value of a name as the next input sees it.
func (s *Shell) variable(L *lua.LState, name string) lua.LValue {
	if kept := s.locals[name]; kept != nil {
		return kept.Value()
	}
	return L.G.Global.RawGetString(name)
}

// globals lists the names of all globals, in order.
func globals(L *lua.LState) (names []string) {
	vm.ForEach(L.G.Global, func(k, _ lua.LValue) {
		if name, ok := k.(lua.LString); ok {
			names = append(names, string(name))
		}
	})
	slices.Sort(names)
	return names
}

// isName reports whether a text can be the name of a variable.
func isName(s string) bool { return tree.IsName(s) }

func wrong(format string, args ...any) error { return luaerr.New(luaerr.Argument, format, args...) }

func scriptError(err error) error { return luaerr.New(luaerr.Script, "%w", err) }
