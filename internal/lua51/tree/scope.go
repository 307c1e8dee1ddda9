package tree

import (
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

// local is a variable; its register is its place in scopes.active.
type local struct {
	name     string
	captured bool
}

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

// resolve finds the jumps of a program, and changes their lines and such breaks
// as leave captured variables.
func resolve(block []ast.Stmt, o *Origin) *jumps {
	p := &jumps{origin: o}
	s := &scopes{program: p, frame: &frame{}}
	p.main = s.frame
	s.function(nil, block)
	return p
}

// function follows a function with its parameters.
func (s *scopes) function(parameters []string, body []ast.Stmt) {
	s.declare(parameters...)
	s.enter(nil)
	s.stmts(body)
	s.leave()
	for _, e := range s.exits {
		s.settle(e)
	}
}

func (s *scopes) enter(l *loop) {
	s.block = &scope{outer: s.block, begin: len(s.active), noted: len(s.frame.vars), loop: l}
}

func (s *scopes) leave() {
	b := s.block
	for _, e := range b.exits {
		if b.outer == nil {
			s.program.refuse(e.line, "no visible label '"+e.label+"' for <goto>")
			continue
		}
		e.visible = min(e.visible, b.begin)
		b.outer.exits = append(b.outer.exits, e)
	}
	s.ends(b)
	s.active = s.active[:b.begin:b.begin] // exits hold the others
	s.block = b.outer
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

func (s *scopes) stmts(block []ast.Stmt) {
	labels := len(block) // where the last statements begin that are all labels
	for labels > 0 && isLabel(block[labels-1]) {
		labels--
	}
	for i := range block {
		s.stmt(&block[i], i+1 >= labels)
	}
}

func (s *scopes) inner(l *loop, block []ast.Stmt, names ...string) {
	s.enter(l)
	s.declare(names...)
	s.stmts(block)
	s.leave()
}

func (s *scopes) stmt(place *ast.Stmt, last bool) {
	if simple(*place) { // the others end behind the blocks that are in them
		s.reaches(*place)
	}
	again := &loop{place: place, begin: len(s.active)}
	switch st := (*place).(type) {
	case *ast.AssignStmt:
		s.exprs(st.Lhs)
		s.exprs(st.Rhs)
	case *ast.LocalAssignStmt:
		s.local(st)
	case *ast.FuncCallStmt:
		s.expr(st.Expr)
	case *ast.DoBlockStmt:
		s.inner(nil, st.Stmts)
	case *ast.WhileStmt:
		s.expr(st.Condition)
		s.inner(again, st.Stmts)
	case *ast.RepeatStmt:
		s.enter(again)
		s.stmts(st.Stmts)
		s.expr(st.Condition)
		s.leave()
	case *ast.IfStmt:
		s.expr(st.Condition)
		s.inner(nil, st.Then)
		s.inner(nil, st.Else)
	case *ast.NumberForStmt:
		s.exprs([]ast.Expr{st.Init, st.Limit, st.Step})
		s.inner(again, st.Stmts, "(for index)", "(for limit)", "(for step)", st.Name)
	case *ast.GenericForStmt:
		s.exprs(st.Exprs)
		s.inner(again, st.Stmts, append([]string{"(for generator)", "(for state)", "(for control)"}, st.Names...)...)
	case *ast.FuncDefStmt:
		s.definition(st)
	case *ast.ReturnStmt:
		s.exprs(st.Exprs)
	case *ast.BreakStmt:
		s.breaks(place)
	case *ast.LabelStmt:
		s.labelled(st, last)
	case *ast.GotoStmt:
		s.goes(place, st)
	}
}

// local follows the declaration of local variables: only a function by itself
// sees its own name.
func (s *scopes) local(st *ast.LocalAssignStmt) {
	if len(st.Names) == 1 && len(st.Exprs) == 1 {
		if f, ok := st.Exprs[0].(*ast.FunctionExpr); ok {
			s.declare(st.Names...)
			s.expr(f)
			return
		}
	}
	s.exprs(st.Exprs)
	s.declare(st.Names...)
}

func (s *scopes) definition(st *ast.FuncDefStmt) {
	if st.Name.Func != nil {
		s.expr(st.Name.Func)
		s.expr(st.Func)
		return
	}
	s.expr(st.Name.Receiver)
	s.closure(st.Func, "self")
}

// closure follows a function inside this one.
func (s *scopes) closure(f *ast.FunctionExpr, first ...string) {
	names := append(first, f.ParList.Names...)
	if f.ParList.HasVargs {
		names = append(names, "arg") // Lua 5.1's old way, see gopher-lua's CompatVarArg
	}
	inner := &scopes{outer: s, program: s.program, frame: &frame{}, begin: f.Line(), line: f.Line()}
	s.frame.inner = append(s.frame.inner, inner.frame)
	if s.program.origin != nil {
		inner.around = s.seen()
	}
	inner.function(names, f.Stmts)
}

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

func isRepeat(l *loop) bool {
	_, ok := (*l.place).(*ast.RepeatStmt)
	return ok
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

func (s *scopes) exprs(list []ast.Expr) {
	for _, e := range list {
		s.expr(e)
	}
}

func (s *scopes) expr(expr ast.Expr) {
	if expr != nil {
		s.reaches(expr)
	}
	switch e := expr.(type) {
	case *ast.IdentExpr:
		s.use(e)
	case *ast.FunctionExpr:
		s.closure(e)
	case *ast.AttrGetExpr:
		s.expr(e.Object)
		s.expr(e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			s.expr(f.Key)
			s.expr(f.Value)
		}
	case *ast.FuncCallExpr:
		s.expr(e.Func)
		s.expr(e.Receiver)
		s.exprs(e.Args)
	case *ast.LogicalOpExpr:
		s.expr(e.Lhs)
		s.expr(e.Rhs)
	case *ast.RelationalOpExpr:
		s.expr(e.Lhs)
		s.expr(e.Rhs)
	case *ast.StringConcatOpExpr:
		parts := joined(e)
		if o := s.program.origin; o != nil {
			o.noteChain(e, parts)
		}
		s.exprs(parts)
	case *ast.ArithmeticOpExpr:
		s.expr(e.Lhs)
		s.expr(e.Rhs)
	case *ast.UnaryMinusOpExpr:
		s.expr(e.Expr)
	case *ast.UnaryNotOpExpr:
		s.expr(e.Expr)
	case *ast.UnaryLenOpExpr:
		s.expr(e.Expr)
	}
}
