// Package shell is what every front end does that somebody works with: it knows when
// an input is whole, runs it, shows its value, keeps its local variables for the next
// input, has the % commands, completes names and tells what they are. A front end
// reads inputs and shows outcomes:
//
//	s, err := shell.New(shell.Config{Pieces: h.Pieces()})
//	for input := range inputs { // each whole: s.Whole(input)
//		o := s.Run(input)
//		fmt.Println(o.Text)
//	}
//
// One goroutine runs inputs; Complete and Hint may be called by it between them.
package shell

import (
	"fmt"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
)

// New makes a shell. Each process of the cluster gets the modules as globals, and the
// master the global manager, whose workers start when they are first needed.
func New(cfg Config) (*Shell, error) {
	s := &Shell{pieces: cfg.Pieces, interp: cfg.Pieces.Interp(), width: cfg.Width, locals: map[string]*lua.Upvalue{}, known: map[string]bool{}}
	if s.width == nil {
		s.width = func() int { return defaultWidth }
	}
	err := s.pieces.Run("start of the shell", func(t *interp.Task) error {
		_, err := s.own(t, "require('cluster').everywhere(...) manager = cluster.MPIManager{}", lua.LString(prelude))
		for _, name := range globals(t.L()) {
			s.known[name] = true
		}
		return err
	})
	return s, err
}

// Count is the number of the next input: it is called In[Count] in messages.
func (s *Shell) Count() int { return s.count + 1 }

// Run runs an input, which is whole.
func (s *Shell) Run(input string) Outcome {
	if strings.TrimSpace(input) == "" {
		return Outcome{}
	}
	s.count++
	name := fmt.Sprintf("In[%d]", s.count)
	c, err := parse(input)
	if err != nil {
		return Outcome{Err: err}
	}
	if c == nil {
		return s.code(name, plain(input))
	}
	return c.run(s, name, c)
}

// plain is an input without the = that Lua's own shell wants before expressions.
func plain(input string) string {
	if rest, ok := strings.CutPrefix(strings.TrimLeft(input, " \t"), "="); ok {
		return "return " + rest
	}
	return input
}

// Whole reports whether an input can be run, or goes on in the next line. What is
// wrong is whole: running it says so.
func (s *Shell) Whole(input string) bool {
	if !strings.HasPrefix(strings.TrimLeft(input, " \t"), "%") {
		return isWhole(plain(input))
	}
	c, err := parse(input)
	if err != nil || !c.takesCode {
		return true
	}
	if c.inline {
		return isWhole(c.code)
	}
	return strings.HasSuffix(input, "\n") || strings.HasSuffix(input, "\n\r")
}

func isWhole(code string) bool {
	if _, isExpression := expression("stdin", code); isExpression {
		return true
	}
	return !tree.IsBeginning(code) && !tree.IsBeginning("return "+code)
}
