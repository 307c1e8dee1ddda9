package shell

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
)

// code runs Lua that the user wrote, or that stands for what the user wrote.
func (s *Shell) code(name, code string) (o Outcome) {
	o.Err = s.pieces.Run(name, func(t *interp.Task) (err error) {
		o.Text, err = s.evaluate(t, name, code)
		return err
	})
	if o.Err == nil {
		s.record(code)
	}
	return o
}

// evaluate runs code and gives its values as text.
func (s *Shell) evaluate(t *interp.Task, name, code string) (text string, err error) {
	p, err := s.compile(t, name, code)
	if err != nil {
		return "", err
	}
	s.gave = false
	values, err := t.Call(p)
	if err != nil || len(values) == 0 {
		return "", err
	}
	if s.gave = values[0] != lua.LNil; s.gave {
		t.L().SetGlobal("_", values[0])
	}
	return s.show(t, values)
}

// record notes an input that went well, for %save: what gave a value gives it to _ in
// the script, too.
func (s *Shell) record(code string) {
	code = strings.TrimSpace(code)
	_, err := tree.Compile("stdin", code)
	switch {
	case err != nil || s.gave && isExpression(code):
		code = "_ = " + code
	default:
		if at := tree.ReadPiece(code).Return; at >= 0 { // it would end the script
			values := strings.Trim(strings.TrimPrefix(code[at:], "return"), "; \t\r\n")
			if code = code[:at]; values != "" {
				code += "_ = " + values
			}
		}
	}
	if strings.HasPrefix(code, "(") { // else it would call what stands before it
		code = "do end " + code
	}
	s.script = append(s.script, code)
}

func isExpression(code string) bool {
	_, ok := expression("stdin", code)
	return ok
}
