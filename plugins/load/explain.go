package load

import (
	"errors"
	"fmt"
	"regexp"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// failure makes an error about the plugin, with the last that it wrote.
func (p *process) failure(format string, args ...any) error {
	return p.failureSince(0, format, args...)
}

// failureSince is failure with what was written after a mark of the tail
// alone.
func (p *process) failureSince(mark int, format string, args ...any) error {
	e := luaerr.New(luaerr.Plugin, "plugin "+p.name()+" "+format, args...)
	e.Rank = p.loader.cfg.Rank
	if last := p.tail.last(mark); last != "" {
		e.Message += "\nits last output:\n\t" + strings.ReplaceAll(last, "\n", "\n\t")
	}
	return e
}

// handshake is what go-plugin expects as the first line.
var handshake = regexp.MustCompile(`^(\d+)\|(\d+)\|[a-z]+\|[^|]+(\|([a-z]+))?`)

// exitGrace is how long the end of a process may take to be known after its
// connection broke.
const exitGrace = time.Second

func or(s, missing string) string {
	if s == "" {
		return missing
	}
	return s
}

// errDescription marks what is wrong with what a plugin says of itself.
var errDescription = errors.New("describes itself wrongly")

var luaName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

// checkDescription reports when a plugin contradicts its handshake or itself.
func checkDescription(d *wire.Description, negotiated int) error {
	wrong := func(format string, args ...any) error {
		return fmt.Errorf("%w: %s", errDescription, fmt.Sprintf(format, args...))
	}
	if int(d.GetProtocol()) != negotiated {
		return wrong("it lies about its version: it shook hands for version %d of the protocol and says now that it speaks version %d", negotiated, d.GetProtocol())
	}
	if d.GetName() == "" || d.GetVersion() == "" {
		return wrong("its name or version is missing")
	}
	seen := map[string]bool{}
	member := func(name string) error {
		if !luaName.MatchString(name) || seen[name] {
			return wrong("%q is no name in Lua, or is used twice", name)
		}
		seen[name] = true
		return nil
	}
	for _, op := range d.GetOps() {
		if err := member(op.GetName()); err != nil {
			return err
		}
		for _, t := range op.GetTypes() {
			if !plugins.Type(t).Known() {
				return wrong("op %s works on an unknown type %d", op.GetName(), t)
			}
		}
		if len(op.GetTypes()) == 0 || op.GetRecord() > 1<<20 {
			return wrong("op %s works on no type, or on records of %d", op.GetName(), op.GetRecord())
		}
	}
	for _, f := range d.GetFunctions() {
		if err := member(f.GetName()); err != nil {
			return err
		}
	}
	return nil
}

// crashed says why a call failed whose connection broke: it ends the process
// first.
func (p *process) crashed(what string, err error) error {
	select {
	case <-p.runner.exited:
	case <-time.After(exitGrace):
	}
	how := p.runner.end()
	if how == "" {
		p.kill()
		p.end()
		return p.failure("lost its connection in %s: %w", what, err)
	}
	p.end()
	return p.failure("crashed in %s (%s)", what, how)
}
