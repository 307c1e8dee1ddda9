package tree

import (
	"fmt"
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua's compiler is wrong about some code. The tree that it compiles is
// changed to other code that means the same, and that it is right about:
//
//   - Lua evaluates all of an assignment before it assigns anything (Lua 5.1
//     manual, section 2.4.3). gopher-lua writes the value of a local variable at
//     once, so that in "a, b = b, a" both end up the same; "x = t.a and t.b" may
//     leave the old x, or read it too late, and "s = (f(s))" may write it twice.
//     It is given "do local y = t.a and t.b; x = y end".
//     That is also what it is given for a field of a constant, ("s").x = 1, which
//     it takes for one of a register.
//   - A local variable is not there yet in its own value (section 2.6), other than
//     the name of a local function. gopher-lua does not tell "local f = function"
//     from "local function f". It is given "local f = function … end, nil".
//   - It takes a jump back to a jump somewhere else. It is given no conditions that
//     are constants, and a loop that may begin with a jump begins with "local x".
//   - It takes what follows "k =" at the end of a table for a list of values, and
//     is given "k = (f())". (What it does wrong with many values is put right
//     in the code, see repair.)
//   - Its own sums of constants take -0 for 0, and the remainder of Lua 5.3. It
//     is given what they come to.
//   - It does not fill up "for k, v in next, t". It is given "next, t, nil".
//   - It puts the operands of what computes the iterator of a for statement into
//     one register: "for x in type(v) == 'table' and v.f do", "for x in f().g do".
//     The iterator is put into a local variable before.

// rewriter changes the statements and expressions of one program.
type rewriter struct {
	depth    int
	branches int   // in the function that is looked at
	flaw     *flaw // the first place that cannot be compiled
}

// maxDepth is how deep a tree may be: gopher-lua's compiler calls itself for
// each level, and looks through a chain of operators again for each of them.
const maxDepth = 10000

// Limits of a function and of an assignment.
const (
	// gopher-lua numbers the places that jumps go to, up to four for each branch,
	// and writes the number where an instruction has 18 bits for it.
	maxBranches = 1<<17/4 - 1
	// Stock Lua has this limit; the work is the square of it.
	maxTargets = maxLevels - 2
)

// branch counts a place where a function goes one way or the other.
func (r *rewriter) branch(line int) {
	if r.branches++; r.branches > maxBranches {
		r.refuse(line, "function has more than %d branches: divide it", maxBranches)
	}
}

// body rewrites what a function holds.
func (r *rewriter) body(stmts []ast.Stmt) {
	defer func(branches int) { r.branches = branches }(r.branches)
	r.branches = 0
	r.rewrite(stmts)
}

// refuse notes why a program cannot be compiled.
func (r *rewriter) refuse(line int, format string, args ...any) {
	if r.flaw == nil {
		r.flaw = &flaw{line: line, what: fmt.Sprintf(format, args...)}
	}
}

// enter goes one level down in the tree, and reports whether it may.
func (r *rewriter) enter(line int) bool {
	r.depth++
	if r.depth > maxDepth {
		r.refuse(line, "a chain of more than %d operators, calls or elseif: divide it", maxDepth)
	}
	return r.flaw == nil
}

// rewrite changes the statements of a block, and of all blocks and functions
// in it.
func (r *rewriter) rewrite(block []ast.Stmt) {
	defer func(depth int) { r.depth = depth }(r.depth)
	for i, stmt := range block {
		if !r.enter(stmt.Line()) {
			return
		}
		r.inStmt(stmt)
		r.depth--
		if r.flaw != nil {
			return
		}
		switch s := stmt.(type) {
		case *ast.AssignStmt:
			if needsOrder(s) {
				block[i] = ordered(s)
			}
		case *ast.LocalAssignStmt:
			if isVariable(s) {
				s.Exprs = append(s.Exprs, &ast.NilExpr{})
			}
		case *ast.WhileStmt:
			truth, known := constant(s.Condition)
			switch {
			case known && truth: // it jumps back to what it repeats
				s.Stmts = landing(s.Stmts)
			case known:
				block[i] = doBlock(nil, s)
			}
		case *ast.RepeatStmt:
			s.Stmts = landing(s.Stmts)
		case *ast.GenericForStmt:
			s.Stmts = landing(s.Stmts)
			for len(s.Exprs) < 3 && !givesSeveral(s.Exprs[len(s.Exprs)-1]) {
				s.Exprs = append(s.Exprs, at(&ast.NilExpr{}, s.Exprs[0]))
			}
			if isComputed(s.Exprs[0]) {
				block[i] = iteratorFirst(s)
			}
		case *ast.IfStmt:
			if truth, known := constant(s.Condition); known {
				only := s.Else
				if truth {
					only = s.Then
				}
				block[i] = doBlock(only, s)
			}
		}
		if landed := landing([]ast.Stmt{block[i]}); i > 0 && isLabel(block[i-1]) && len(landed) > 1 {
			block[i] = doBlock(landed, stmt)
		}
	}
}

func isLabel(stmt ast.Stmt) bool {
	_, ok := stmt.(*ast.LabelStmt)
	return ok
}

// isComputed reports whether an expression has operands, or is a field or a call
// of what a call or "..." has given.
func isComputed(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.LogicalOpExpr, *ast.RelationalOpExpr, *ast.ArithmeticOpExpr, *ast.StringConcatOpExpr, *ast.UnaryMinusOpExpr, *ast.UnaryNotOpExpr, *ast.UnaryLenOpExpr:
		return true
	case *ast.AttrGetExpr:
		return isGiven(e.Object)
	case *ast.FuncCallExpr:
		return isGiven(e.Func) || isGiven(e.Receiver)
	}
	return false
}

func isGiven(e ast.Expr) bool {
	switch e.(type) {
	case *ast.FuncCallExpr, *ast.Comma3Expr:
		return true
	}
	return isComputed(e)
}

// iteratorFirst returns "do local f = …; for … in f, … do … end end", or "do local
// f, state, control = …; for … in f, state, control do … end end" for a call that
// gives all three.
func iteratorFirst(s *ast.GenericForStmt) ast.Stmt {
	names, first := []string{"(iterator)"}, s.Exprs[0]
	if len(s.Exprs) == 1 && givesSeveral(first) {
		names = append(names, "(state)", "(control)")
	}
	local := &ast.LocalAssignStmt{Names: names, Exprs: []ast.Expr{first}}
	local.SetLine(s.Line())
	local.SetLastLine(s.Line())
	var variables []ast.Expr
	for _, name := range names {
		variables = append(variables, at(&ast.IdentExpr{Value: name}, first))
	}
	s.Exprs = append(variables, s.Exprs[1:]...)
	return doBlock([]ast.Stmt{local, s}, s)
}

// doBlock returns "do … end" in the lines of a statement.
func doBlock(stmts []ast.Stmt, where ast.Stmt) ast.Stmt {
	b := &ast.DoBlockStmt{Stmts: stmts}
	b.SetLine(where.Line())
	b.SetLastLine(where.LastLine())
	return b
}

// landing returns the block of a loop with an instruction at its begin that is
// no jump.
func landing(block []ast.Stmt) []ast.Stmt {
	for _, stmt := range block {
		switch stmt.(type) {
		case *ast.LabelStmt:
			continue
		case *ast.BreakStmt, *ast.DoBlockStmt, *ast.WhileStmt, *ast.RepeatStmt:
			local := &ast.LocalAssignStmt{Names: []string{"(0)"}}
			local.SetLine(stmt.Line())
			local.SetLastLine(stmt.Line())
			return append([]ast.Stmt{doBlock([]ast.Stmt{local}, stmt)}, block...)
		}
		return block
	}
	return block
}

// constant reports what a constant means as a condition.
func constant(e ast.Expr) (truth, known bool) {
	switch e.(type) {
	case *ast.FalseExpr, *ast.NilExpr:
		return false, true
	case ast.ConstExpr:
		return true, true
	}
	return false, false
}

// isVariable reports whether a statement is "local f = function … end": only
// that of a local function has its last line.
func isVariable(s *ast.LocalAssignStmt) bool {
	if len(s.Names) != 1 || len(s.Exprs) != 1 || s.LastLine() != 0 {
		return false
	}
	_, ok := s.Exprs[0].(*ast.FunctionExpr)
	return ok
}

// needsOrder reports whether gopher-lua may assign a variable too early, or a
// field of what is no variable.
func needsOrder(s *ast.AssignStmt) bool {
	for _, e := range s.Lhs {
		if field, ok := e.(*ast.AttrGetExpr); ok && isConstant(field.Object) {
			return true
		}
	}
	if len(s.Lhs) == 1 {
		_, isVariable := s.Lhs[0].(*ast.IdentExpr)
		return isVariable && isDelicate(s.Rhs[0])
	}
	variables, constants := 0, true
	for i, e := range s.Lhs {
		if v, ok := e.(*ast.IdentExpr); ok {
			variables++
			if !stays(v, s.Lhs[:i]) {
				constants = false // it is assigned twice: the first value is the one that stays
			}
		}
	}
	for _, e := range s.Rhs {
		if _, known := constant(e); !known {
			constants = false
		}
	}
	switch variables {
	case 0:
		return false
	case len(s.Lhs):
		return !constants && !(len(s.Rhs) == 1 && givesSeveral(s.Rhs[0]))
	default:
		return true
	}
}

func isConstant(e ast.Expr) bool {
	_, ok := e.(ast.ConstExpr)
	return ok
}

// isDelicate reports whether gopher-lua goes wrong when it evaluates an
// expression in the place of a variable.
func isDelicate(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.LogicalOpExpr:
		return true
	case *ast.FuncCallExpr:
		return e.AdjustRet
	case *ast.Comma3Expr:
		return e.AdjustRet
	}
	return false
}

// givesSeveral reports whether an expression may give more values than one,
// which gopher-lua assigns when it has all.
func givesSeveral(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.FuncCallExpr:
		return !e.AdjustRet
	case *ast.Comma3Expr:
		return !e.AdjustRet
	}
	return false
}

// ordered returns an assignment with its values, and what of its left side the
// assignment itself might change, in local variables. These have names that no
// script can have, by which errors do not call anything.
func ordered(s *ast.AssignStmt) ast.Stmt {
	line, end := s.Line(), s.LastLine()
	var kept, values ast.LocalAssignStmt
	names := 0
	name := func() string {
		names++
		return "(" + strconv.Itoa(names) + ")"
	}
	variable := func(name string, where ast.Expr) ast.Expr { return at(&ast.IdentExpr{Value: name}, where) }
	keep := func(e ast.Expr, always bool) ast.Expr {
		if !always && stays(e, s.Lhs) {
			return e
		}
		n := name()
		kept.Names, kept.Exprs = append(kept.Names, n), append(kept.Exprs, e)
		return variable(n, e)
	}
	assigns := make([]ast.Stmt, len(s.Lhs))
	for i, left := range s.Lhs {
		if field, ok := left.(*ast.AttrGetExpr); ok {
			field.Object, field.Key = keep(field.Object, isConstant(field.Object)), keep(field.Key, false)
		}
		n := name()
		values.Names = append(values.Names, n)
		one := &ast.AssignStmt{Lhs: []ast.Expr{left}, Rhs: []ast.Expr{variable(n, left)}}
		one.SetLine(line)
		one.SetLastLine(end)
		assigns[len(s.Lhs)-1-i] = one // the last first, like Lua's own compiler
	}
	values.Exprs = s.Rhs
	var stmts []ast.Stmt
	for _, local := range []*ast.LocalAssignStmt{&kept, &values} {
		local.SetLine(line)
		local.SetLastLine(end)
		if len(local.Names) > 0 {
			stmts = append(stmts, local)
		}
	}
	return doBlock(append(stmts, assigns...), s)
}

// stays reports whether an expression on the left side means the same after any
// of the assignments: a constant, or a variable that is not assigned.
func stays(e ast.Expr, assigned []ast.Expr) bool {
	if isConstant(e) {
		return true
	}
	v, ok := e.(*ast.IdentExpr)
	if !ok {
		return false
	}
	for _, a := range assigned {
		if a, ok := a.(*ast.IdentExpr); ok && a.Value == v.Value {
			return false
		}
	}
	return true
}

// inStmt goes on to the blocks and expressions in a statement.
func (r *rewriter) inStmt(stmt ast.Stmt) {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		if len(s.Lhs) > maxTargets {
			r.refuse(s.Line(), "function has more than %d variables in assignment", maxTargets)
			return
		}
		r.all(s.Lhs)
		r.all(s.Rhs)
	case *ast.LocalAssignStmt:
		r.all(s.Exprs)
	case *ast.FuncCallStmt:
		if call, ok := s.Expr.(*ast.FuncCallExpr); ok && call.AdjustRet {
			r.refuse(s.Line(), "syntax error: a call in parentheses is no statement")
		}
		s.Expr = r.expr(s.Expr)
	case *ast.DoBlockStmt:
		r.rewrite(s.Stmts)
	case *ast.WhileStmt:
		r.branch(s.Line())
		s.Condition = r.expr(s.Condition)
		r.rewrite(s.Stmts)
	case *ast.RepeatStmt:
		r.branch(s.Line())
		r.rewrite(s.Stmts)
		s.Condition = r.expr(s.Condition)
	case *ast.IfStmt:
		r.branch(s.Line())
		s.Condition = r.expr(s.Condition)
		r.rewrite(s.Then)
		r.rewrite(s.Else)
	case *ast.NumberForStmt:
		r.branch(s.Line())
		s.Init, s.Limit, s.Step = r.expr(s.Init), r.expr(s.Limit), r.expr(s.Step)
		r.rewrite(s.Stmts)
	case *ast.GenericForStmt:
		r.branch(s.Line())
		r.all(s.Exprs)
		r.rewrite(s.Stmts)
	case *ast.FuncDefStmt:
		r.body(s.Func.Stmts)
	case *ast.ReturnStmt:
		r.all(s.Exprs)
	}
}

func (r *rewriter) all(exprs []ast.Expr) {
	for i, e := range exprs {
		exprs[i] = r.expr(e)
	}
}

// expr returns what stands for an expression, with all in it rewritten.
func (r *rewriter) expr(expr ast.Expr) ast.Expr {
	if expr == nil || !r.enter(expr.Line()) {
		return expr
	}
	defer func() { r.depth-- }()
	switch e := expr.(type) {
	case *ast.NumberExpr:
		e.Value = plain(numberOf(e.Value))
	case *ast.FunctionExpr:
		r.body(e.Stmts)
	case *ast.AttrGetExpr:
		e.Object, e.Key = r.expr(e.Object), r.expr(e.Key)
	case *ast.TableExpr:
		r.table(e)
	case *ast.FuncCallExpr:
		e.Func, e.Receiver = r.expr(e.Func), r.expr(e.Receiver)
		r.all(e.Args)
	case *ast.LogicalOpExpr:
		r.branch(e.Line())
		e.Lhs, e.Rhs = r.expr(e.Lhs), r.expr(e.Rhs)
		if truth, known := constant(e.Lhs); known {
			if truth == (e.Operator == "and") {
				return single(e.Rhs)
			}
			return e.Lhs
		}
	case *ast.RelationalOpExpr:
		r.branch(e.Line())
		e.Lhs, e.Rhs = r.expr(e.Lhs), r.expr(e.Rhs)
	case *ast.StringConcatOpExpr:
		e.Lhs, e.Rhs = r.expr(e.Lhs), r.expr(e.Rhs)
	case *ast.ArithmeticOpExpr:
		e.Lhs, e.Rhs = r.expr(e.Lhs), r.expr(e.Rhs)
		return folded(e)
	case *ast.UnaryMinusOpExpr:
		e.Expr = r.expr(e.Expr)
		if n, known := valueOf(e.Expr); known {
			return constantOf(-n, e)
		}
	case *ast.UnaryNotOpExpr:
		e.Expr = r.expr(e.Expr)
		if truth, known := constant(e.Expr); known && truth {
			return at(&ast.FalseExpr{}, e)
		} else if known {
			return at(&ast.TrueExpr{}, e)
		}
	case *ast.UnaryLenOpExpr:
		e.Expr = r.expr(e.Expr)
	}
	return expr
}

// single makes an expression one of one value, as in parentheses.
func single(expr ast.Expr) ast.Expr {
	switch e := expr.(type) {
	case *ast.FuncCallExpr:
		e.AdjustRet = true
	case *ast.Comma3Expr:
		e.AdjustRet = true
	}
	return expr
}

// maxFlushes is how often gopher-lua can add lua.FieldsPerFlush values to the
// table that a script writes and say in one instruction which those are.
const maxFlushes = 511

// table puts the fields with a name first where there are very many without:
// only up to there can be told which of its instructions are one too many.
func (r *rewriter) table(t *ast.TableExpr) {
	var named, listed []*ast.Field
	for _, f := range t.Fields {
		f.Value = r.expr(f.Value)
		if f.Key == nil {
			listed = append(listed, f)
			continue
		}
		f.Key = r.expr(f.Key)
		single(f.Value)
		named = append(named, f)
	}
	n := len(listed)
	if n <= lua.FieldsPerFlush*maxFlushes || len(named) == 0 {
		return
	}
	if t.Fields[len(t.Fields)-1].Key != nil {
		single(listed[n-1].Value) // only at the end are there several
	}
	t.Fields = append(named, listed...)
}
