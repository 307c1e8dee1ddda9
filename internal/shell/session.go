package shell

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
)

// scriptHead makes a script out of a session.
const scriptHead = `-- Written by the shell of mpiclus-lua.
require("cluster").everywhere [[` + prelude + `]]
manager = cluster.MPIManager{}
cluster.addprocs(manager)
`

// save is %save.
func (s *Shell) save(_ string, c *call) Outcome {
	file, over := c.words, os.O_EXCL
	if first, rest := word(c.words); first == "-f" {
		file, over = rest, os.O_TRUNC
	}
	if file == "" {
		return Outcome{Err: c.missing()}
	}
	f, err := os.OpenFile(file, os.O_WRONLY|os.O_CREATE|over, 0o666)
	if errors.Is(err, fs.ErrExist) {
		return Outcome{Err: wrong("%%save: %s is there already: %%save -f %s writes over it", file, file)}
	}
	if err == nil {
		_, err = f.WriteString(scriptHead + strings.Join(s.script, "\n") + "\n")
		err = errors.Join(err, f.Close())
	}
	if err != nil {
		return Outcome{Err: wrong("%%save: %w", err)}
	}
	return Outcome{Text: fmt.Sprintf("%s holds %d inputs", file, len(s.script))}
}

// load is %load.
func (s *Shell) load(_ string, c *call) Outcome {
	if c.words == "" {
		return Outcome{Err: c.missing()}
	}
	text, err := os.ReadFile(c.words)
	if err != nil {
		return Outcome{Err: wrong("%%load: %w", err)}
	}
	return s.code(c.words, stdlib.Source(string(text)))
}

func runSource(c *call) (string, error) {
	file, args := word(c.words)
	if file == "" {
		return "", c.missing()
	}
	if args != "" {
		return "", wrong("%%run: a script with arguments is for the shell only")
	}
	return fmt.Sprintf("dofile(%q)", file), nil
}

// runFile is %run.
func (s *Shell) runFile(name string, c *call) (o Outcome) {
	words := strings.Fields(c.words)
	if len(words) == 0 {
		return Outcome{Err: c.missing()}
	}
	o.Err = s.pieces.Run(name, func(t *interp.Task) error {
		fn, err := s.pieces.LoadFile(t.L(), words[0])
		if err != nil {
			return err
		}
		s.interp.SetArgs(words)
		var args []lua.LValue
		for _, arg := range words[1:] {
			args = append(args, lua.LString(arg))
		}
		values, err := t.Call(fn, args...)
		if err == nil && len(values) > 0 {
			o.Text, err = s.show(t, values)
		}
		return err
	})
	if source, err := runSource(c); err == nil && o.Err == nil {
		s.record(source)
	}
	return o
}
