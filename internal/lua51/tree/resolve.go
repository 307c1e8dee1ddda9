package tree

import "github.com/yuin/gopher-lua/ast"

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
