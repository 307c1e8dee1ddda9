package tree

import (
	"fmt"
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua closes captured variables when goto is carried out, all of the
// function, and none of inner blocks when break is. What a jump really leaves
// is found here by the rules of scope (Lua 5.1 manual, section 2.6), told to
// the compiled code by the number of the jump in place of its line, and put
// into the code by repair.

// jump is a goto, or a break that leaves captured variables and was made one.
type jump struct {
	line  int
	first int  // the register of the first variable that it leaves
	close bool // some of those are captured
}

// jumpLine is where the numbers of jumps begin; no source has so many lines.
const jumpLine = 1 << 40

// scopes follows the variables of one function.
type scopes struct {
	outer   *scopes
	around  *seen // where it begins
	program *jumps
	active  []*local
	block   *scope
	exits   []*exit
	frame   *frame
	line    int             // the last one of what was followed so far
	begin   int             // the line of the function; 0: the main one
	above   map[*local]bool // variables of functions around it that it uses, for functions in it too
}

// jumps are those of a program.
type jumps struct {
	list   []jump
	main   *frame
	flaw   *flaw
	origin *Origin // that wants to know what the names stand for, or nil
}

func (p *jumps) refuse(line int, what string) {
	if p.flaw == nil {
		p.flaw = &flaw{line: line, what: what}
	}
}

// scope is a block.
type scope struct {
	outer  *scope
	begin  int // how many variables there are before it
	noted  int // how many variables of the function were noted before it
	loop   *loop
	labels []label
	exits  []*exit // by goto, to a label that was not seen yet
}

// loop is a statement that break leaves, in its place.
type loop struct {
	place *ast.Stmt
	begin int
	label string // behind it, once a break needs that
}

// declare begins the life of variables.
func (s *scopes) declare(names ...string) {
	for _, n := range names {
		s.frame.vars = append(s.frame.vars, lifetime{name: n, register: len(s.active)})
		if s.active = append(s.active, &local{name: n}); len(s.active) > maxLocals {
			s.tooMany(maxLocals, "local variables")
		}
	}
}

// reaches notes the lines of what is followed now.
func (s *scopes) reaches(node ast.PositionHolder) { s.line = max(s.line, node.Line(), node.LastLine()) }

// ends notes the last line of the variables of a block inside a function.
func (s *scopes) ends(b *scope) {
	if b.outer == nil {
		return
	}
	vars := s.frame.vars[b.noted:]
	for i := range vars {
		if vars[i].last == 0 {
			vars[i].last = s.line
		}
	}
}

// What a function may have at most (Lua 5.1, luaconf.h).
const (
	maxLocals   = 200
	maxUpvalues = 60
)

// tooMany refuses a function that has too many of something.
func (s *scopes) tooMany(most int, what string) {
	function := "main function"
	if s.begin > 0 {
		function = "function at line " + strconv.Itoa(s.begin)
	}
	s.program.refuse(s.line, fmt.Sprintf("%s has more than %d %s", function, most, what))
}

// reach notes a variable of a function around this one: those between have it, too.
func (s *scopes) reach(owner *scopes, v *local) {
	for f := s; f != owner && !f.above[v]; f = f.outer {
		if f.above == nil {
			f.above = map[*local]bool{}
		}
		if f.above[v] = true; len(f.above) > maxUpvalues {
			f.line = s.line
			f.tooMany(maxUpvalues, "upvalues")
		}
	}
}

func isRepeat(l *loop) bool {
	_, ok := (*l.place).(*ast.RepeatStmt)
	return ok
}

// simple reports whether no block is in a statement but those of functions.
func simple(st ast.Stmt) bool {
	switch st.(type) {
	case *ast.DoBlockStmt, *ast.WhileStmt, *ast.RepeatStmt, *ast.IfStmt, *ast.NumberForStmt, *ast.GenericForStmt:
		return false
	}
	return true
}

type label struct {
	name   string
	active int
}

// exit is a jump in its place, with the variables that it leaves.
type exit struct {
	place   *ast.Stmt
	loop    *loop // of break
	label   string
	line    int
	active  []*local // when it is carried out
	visible int      // how many of them the block sees that is left
	first   int
}

// use notes the use of a name.
func (s *scopes) use(e *ast.IdentExpr) {
	for f := s; f != nil; f = f.outer {
		for i := len(f.active) - 1; i >= 0; i-- {
			if f.active[i].name == e.Value {
				f.active[i].captured = f.active[i].captured || f != s
				s.reach(f, f.active[i])
				s.found(e, f, i)
				return
			}
		}
	}
	s.found(e, nil, 0)
}

// found tells who wants to know it what a name stands for: a variable of the
// function f, or a global.
func (s *scopes) found(e *ast.IdentExpr, f *scopes, register int) {
	o := s.program.origin
	switch {
	case o == nil:
	case f == s:
		o.note(e, &Variable{Kind: "local", Name: e.Value, Register: register})
	case f != nil:
		o.note(e, &Variable{Kind: "upvalue", Name: e.Value})
	default:
		o.note(e, &Variable{Kind: "global", Name: e.Value, seen: s.seen()})
	}
}

func (s *scopes) seen() *seen { return &seen{s.active, s.around} }

func (s *scopes) breaks(place *ast.Stmt) {
	b := s.block
	for b != nil && b.loop == nil {
		b = b.outer
	}
	if b == nil {
		return // gopher-lua says so
	}
	s.exits = append(s.exits, &exit{place: place, loop: b.loop, line: (*place).Line(), active: s.active, first: b.loop.begin})
}

func (s *scopes) goes(place *ast.Stmt, st *ast.GotoStmt) {
	e := &exit{place: place, label: st.Label, line: st.Line(), active: s.active, visible: len(s.active)}
	s.exits = append(s.exits, e)
	for b := s.block; b != nil; b = b.outer {
		for _, l := range b.labels {
			if l.name == st.Label {
				e.first = l.active
				return
			}
		}
	}
	s.block.exits = append(s.block.exits, e)
}

func (s *scopes) labelled(st *ast.LabelStmt, last bool) {
	l := label{st.Name, len(s.active)}
	if last && (s.block.loop == nil || !isRepeat(s.block.loop)) {
		l.active = s.block.begin // the variables end before it
	}
	s.block.labels = append(s.block.labels, l)
	waiting := s.block.exits
	s.block.exits = nil
	for _, e := range waiting {
		switch {
		case e.label != l.name:
			s.block.exits = append(s.block.exits, e)
		case e.visible < l.active:
			s.program.refuse(e.line, "<goto "+l.name+"> jumps into the scope of local '"+s.active[e.visible].name+"'")
		default:
			e.first = l.active
		}
	}
}

// settle gives a jump its number, when all uses of the variables are known.
func (s *scopes) settle(e *exit) {
	j := jump{line: e.line, first: e.first}
	for _, v := range e.active[min(e.first, len(e.active)):] {
		j.close = j.close || v.captured
	}
	mark := func(st ast.Stmt) {
		st.SetLine(jumpLine + len(s.program.list))
		st.SetLastLine(e.line)
		s.program.list = append(s.program.list, j)
	}
	switch {
	case e.loop == nil:
		mark(*e.place)
	case j.close:
		st := &ast.GotoStmt{Label: s.behind(e.loop)}
		mark(st)
		*e.place = st
	}
}

// behind puts a label behind a loop and returns its name, which no script can have.
func (s *scopes) behind(l *loop) string {
	if l.label == "" {
		l.label = "(break " + strconv.Itoa(len(s.program.list)) + ")"
		stmt := *l.place
		where := &ast.LabelStmt{Name: l.label}
		where.SetLine(stmt.LastLine())
		*l.place = doBlock([]ast.Stmt{stmt, where}, stmt)
	}
	return l.label
}
