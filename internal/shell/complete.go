package shell

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// Completion is what may stand in the place of a part of an input.
type Completion struct {
	Start int // the byte where that part begins; it ends at the cursor
	Items []Item
}

// Item is one of those.
type Item struct {
	Text string // all that may stand there
	Doc  string // what it is, in a few words; may be ""
}

// peekLimit is how long completion waits for the interpreter, which a task of somebody
// else may have.
const peekLimit = 200 * time.Millisecond

// peek reads something in the interpreter; the zero value if that is busy.
func peek[T any](s *Shell, read func(L *lua.LState) T) (found T) {
	ctx, cancel := context.WithTimeout(context.Background(), peekLimit)
	defer cancel()
	result := make(chan T, 1)
	s.interp.Start(ctx, "completion", func(t *interp.Task) { result <- read(t.L()) })
	select {
	case found = <-result:
	case <-ctx.Done():
	}
	return found
}

// Complete gives what may stand before a cursor, a place of a byte.
func (s *Shell) Complete(input string, cursor int) Completion {
	head := input[:min(cursor, len(input))]
	if rest, ok := strings.CutPrefix(strings.TrimLeft(head, " \t"), "%"); ok && !strings.ContainsAny(rest, " \t\n") {
		return s.completeCommand(len(head)-len(rest), strings.TrimPrefix(rest, "%"))
	}
	line := head[strings.LastIndexByte(head, '\n')+1:]
	if c, err := parse(head); err == nil && c != nil && c.takesFile {
		_, rest := word(strings.TrimLeft(line, " \t"))
		return completeFile(len(head), rest[strings.LastIndexByte(rest, ' ')+1:])
	}
	if text, inside := openString(line); inside {
		return completeFile(len(head), text)
	}
	chain, ok := chainBefore(head)
	if !ok {
		return Completion{Start: len(head)}
	}
	at := strings.LastIndexAny(chain, ".:")
	c := Completion{Start: len(head) - len(chain) + at + 1}
	c.Items = peek(s, func(L *lua.LState) []Item {
		return s.names(L, chain[:max(at, 0)], chain[at+1:], at >= 0 && chain[at] == ':')
	})
	return c
}

func (s *Shell) completeCommand(start int, prefix string) Completion {
	c := Completion{Start: start}
	for _, row := range commands {
		if strings.HasPrefix(row.name, prefix) {
			c.Items = append(c.Items, Item{row.name, row.doc})
		}
	}
	return c
}

// maxFiles is how many names of files are offered.
const maxFiles = 500

// completeFile gives the files whose names begin with a text that ends at a place.
func completeFile(end int, text string) Completion {
	folder, prefix := filepath.Split(text)
	c := Completion{Start: end - len(prefix)}
	files, _ := os.ReadDir(filepath.Clean("./" + folder))
	if filepath.IsAbs(folder) {
		files, _ = os.ReadDir(folder)
	}
	for _, f := range files {
		name := f.Name()
		if !strings.HasPrefix(name, prefix) || prefix == "" && strings.HasPrefix(name, ".") || len(c.Items) == maxFiles {
			continue
		}
		if f.IsDir() {
			name += "/"
		}
		c.Items = append(c.Items, Item{Text: name})
	}
	return c
}

// openString gives the text of a string that a line is in at its end.
func openString(line string) (text string, inside bool) {
	quote, begin := byte(0), 0
	for i := 0; i < len(line); i++ {
		switch c := line[i]; {
		case quote != 0 && c == '\\':
			i++
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '"' || c == '\''):
			quote, begin = c, i+1
		case quote == 0 && strings.HasPrefix(line[i:], "--"):
			return "", false
		}
	}
	return line[begin:], quote != 0
}

// chainBefore gives the name, such as t.x:y, that ends a text. It is not ok where that is
// a field of something else, as in f().x.
func chainBefore(text string) (chain string, ok bool) {
	at := len(text)
	for at > 0 && (text[at-1] == '.' || text[at-1] == ':' || tree.IsName("_"+text[at-1:at])) {
		at--
	}
	chain = text[at:]
	return chain, chain == "" || isName(chain[:1])
}

// keywords are offered where a statement may begin.
var keywords = []string{
	"and", "break", "do", "else", "elseif", "end", "false", "for", "function", "if", "in", "local", "nil", "not", "or", "repeat", "return", "then",
	"true", "until", "while",
}

// names lists what begins with a prefix: variables, or fields of what base names.
func (s *Shell) names(L *lua.LState, base, prefix string, methods bool) (items []Item) {
	seen := map[string]bool{}
	add := func(name, doc string) {
		if strings.HasPrefix(name, prefix) && !seen[name] {
			seen[name] = true
			items = append(items, Item{name, doc})
		}
	}
	if base == "" {
		for name := range s.locals {
			add(name, "local variable")
		}
		for _, name := range globals(L) {
			if isName(name) && (!strings.HasPrefix(name, "_") || strings.HasPrefix(prefix, "_")) {
				add(name, s.brief(L, name))
			}
		}
		for _, word := range keywords {
			add(word, "")
		}
	} else if v, ok := s.lookUp(L, base); ok {
		for _, t := range s.holders(L, v) {
			vm.ForEach(t, func(k, v lua.LValue) {
				name, _ := k.(lua.LString)
				if isName(string(name)) && strings.HasPrefix(string(name), prefix) && (!methods || v.Type() == lua.LTFunction) {
					add(string(name), s.brief(L, base+"."+string(name)))
				}
			})
		}
	}
	slices.SortFunc(items, func(a, b Item) int { return strings.Compare(a.Text, b.Text) })
	return items
}

// brief tells in a few words what a name is.
func (s *Shell) brief(L *lua.LState, name string) string {
	if text := s.documented(L, name); text != "" {
		return oneLine(text)
	}
	v, ok := s.lookUp(L, name)
	if !ok {
		return ""
	}
	if fn, ok := v.(*lua.LFunction); ok && !fn.IsG {
		signature, _, _ := strings.Cut(s.defined(fn, name), "\n")
		return signature
	}
	return v.Type().String()
}

// oneLine is the signature and the first sentence of a help text.
func oneLine(text string) string {
	signature, doc, _ := strings.Cut(text, "\n")
	doc = strings.TrimSpace(doc)
	if sentence, _, more := strings.Cut(doc, ". "); more {
		doc = sentence + "."
	}
	return strings.TrimSpace(signature + "  " + strings.ReplaceAll(doc, "\n", " "))
}

// Hint tells in a line what the function is whose arguments are being written, or
// whose name stands before the cursor; "" when nothing is known.
func (s *Shell) Hint(input string, cursor int) string {
	head := input[:min(cursor, len(input))]
	if rest, ok := strings.CutPrefix(strings.TrimLeft(head, " \t"), "%"); ok {
		name, _ := word(strings.TrimPrefix(rest, "%"))
		if c := commandNamed(name); c != nil && !strings.Contains(head, "(") {
			return c.usage() + "  " + c.doc
		}
	}
	before, _ := chainBefore(head)
	called, _ := chainBefore(openCall(head))
	return peek(s, func(L *lua.LState) string {
		for _, name := range []string{before, called} {
			v, ok := s.lookUp(L, name)
			if _, isFunction := v.(*lua.LFunction); ok && isFunction {
				return s.brief(L, name)
			}
		}
		return ""
	})
}

// openCall gives what stands before the last bracket that is open.
func openCall(text string) string {
	depth := 0
	for i := len(text) - 1; i >= 0; i-- {
		switch text[i] {
		case ')', '}':
			depth++
		case '{':
			depth--
		case '(':
			if depth--; depth < 0 {
				return strings.TrimRight(text[:i], " ")
			}
		}
	}
	return ""
}
