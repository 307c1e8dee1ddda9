package value

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// cannot is why a value does not travel, before its path is put into words.
type cannot struct {
	at  via
	v   lua.LValue
	why string // "a Go function that no module holds"; "" when the type says it
}

func (c *cannot) Error() string { return c.reason() }

func (c *cannot) reason() string {
	if c.why != "" {
		return c.why
	}
	switch c.v.(type) {
	case *lua.LState:
		return "a coroutine"
	case lua.LChannel:
		return "a channel of Go"
	}
	return args.WithArticle(args.Kind(c.v))
}

// explain puts an error of encoding into words: what, the path, the reason.
func (e *encoder) explain(what string, n int, err error) error {
	c, ok := err.(*cannot)
	if !ok {
		return err
	}
	subject, path := e.path(c.at)
	if subject == "" {
		subject = nameValue(what, e.root(c.at).i, n)
	}
	reason := c.reason()
	_, own := c.v.(*lua.LUserData)
	switch own = own && c.why != ""; { // own: the words of a Traveller
	case path == "" && !own:
		reason = "it is " + reason
	case path != "" && own:
		reason = path + ": " + reason
	case path != "":
		reason = path + " is " + reason
	}
	return luaerr.New(luaerr.Argument, "cannot send %s: %s", subject, reason)
}

// miss notes a value that is left out.
func (e *encoder) miss(c *cannot) {
	subject, path := e.path(c.at)
	switch {
	case subject != "" && path != "":
		subject += ": " + path
	case subject == "":
		subject = path
	}
	if subject == "" {
		subject = "it"
	}
	e.missing = append(e.missing, subject+" is "+c.reason())
}

// nameValue names value i (from 0) of n, as Encode says.
func nameValue(what string, i, n int) string {
	first, rest, two := strings.Cut(what, ", ")
	switch {
	case two && i == 0:
		return first
	case two:
		what, i, n = rest, i-1, 2
	case what == "":
		what = "value"
	}
	if n == 1 {
		return what
	}
	return strings.TrimPrefix(what, "the ") + " " + strconv.Itoa(i+1)
}

func (e *encoder) root(at via) via {
	for at.from >= 0 {
		at = e.items[at.from].via
	}
	return at
}

// path puts the way to a value into words. subject is the function that the
// call sends, where the way leads through one; path is what to look for in it.
func (e *encoder) path(at via) (subject, path string) {
	var steps []via
	for ; at.from >= 0; at = e.items[at.from].via {
		steps = append([]via{at}, steps...)
	}
	for i, s := range steps {
		switch s.kind {
		case viaUpvalue, viaEnv:
			fn := e.items[s.from].v.(*lua.LFunction)
			switch {
			case i == 0:
				subject = e.describe(fn)
			case path != "":
				path += ", " + e.describe(fn) + ": "
			}
			path += capturedName(fn, s)
		case viaMetatable:
			path += ", metatable"
		case viaAsKey:
			path = strings.TrimRight("a key of "+path, " of")
		default:
			key := s.key
			if s.kind == viaIndex {
				key = lua.LNumber(s.i)
			}
			path = strings.TrimSuffix(path, " ") + showKey(key)
		}
		if i == 0 {
			path = strings.TrimPrefix(path, ", ")
			if s.kind == viaIndex || s.kind == viaKey {
				path = "field " + strings.TrimPrefix(path, ".")
			}
		}
	}
	return subject, path
}

func capturedName(fn *lua.LFunction, s via) string {
	if s.kind == viaEnv {
		return "its environment"
	}
	name := "?"
	if s.i < len(fn.Proto.DbgUpvalues) {
		name = fn.Proto.DbgUpvalues[s.i]
	}
	return fmt.Sprintf("captured variable '%s'", name)
}

// describe names a function for people: "job.lua:12 function 'f'". The name
// is read from the line of source where the function begins.
func (e *encoder) describe(fn *lua.LFunction) string {
	if fn.IsG {
		return "Go function"
	}
	p := fn.Proto
	if p.LineDefined == 0 {
		return p.SourceName
	}
	text := fmt.Sprintf("%s:%d function", p.SourceName, p.LineDefined)
	if h, _, ok := e.c.Chunks.find(p); ok {
		if _, source, ok := e.c.Chunks.Source(h); ok {
			if name := functionName(source, p.LineDefined); name != "" {
				text += " '" + name + "'"
			}
		}
	}
	return text
}

var (
	functionWord = regexp.MustCompile(`\bfunction\b`)
	namedBehind  = regexp.MustCompile(`\bfunction\s+([A-Za-z_][\w.:]*)\s*\(`)
	namedBefore  = regexp.MustCompile(`([A-Za-z_][\w.]*)\s*=\s*function\s*\(`)
)

// functionName finds the name of the only function that begins on a line.
func functionName(source string, line int) string {
	for range line - 1 {
		_, rest, ok := strings.Cut(source, "\n")
		if !ok {
			return ""
		}
		source = rest
	}
	text, _, _ := strings.Cut(source, "\n")
	if len(functionWord.FindAllString(text, 2)) != 1 {
		return ""
	}
	for _, form := range []*regexp.Regexp{namedBehind, namedBefore} {
		if m := form.FindStringSubmatch(text); m != nil {
			return m[1]
		}
	}
	return ""
}
