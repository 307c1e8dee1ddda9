package value

import (
	"strconv"

	"github.com/yuin/gopher-lua/ast"
)

// gopher-lua's compiler takes two statements for others, which the tree that it
// compiles is corrected for.
//
// Lua evaluates all of an assignment before it assigns anything (Lua 5.1
// manual, section 2.4.3). gopher-lua writes the value of a local variable at
// once, so that in "a, b = b, a" both end up the same. It is given
//
//	do local x, y = b, a; b = y; a = x end
//
// A local variable is not there yet in its own value (section 2.6), other than
// the name of a local function. gopher-lua does not tell "local f = function"
// from "local function f". It is given "local f = function … end, nil".

// rewrite corrects the statements of a block, and of all blocks and functions
// in it.
func rewrite(block []ast.Stmt) {
	for i, stmt := range block {
		inStmt(stmt)
		switch s := stmt.(type) {
		case *ast.AssignStmt:
			if needsOrder(s) {
				block[i] = ordered(s)
			}
		case *ast.LocalAssignStmt:
			if isVariable(s) {
				s.Exprs = append(s.Exprs, &ast.NilExpr{})
			}
		}
	}
}

// isVariable tells whether a statement is "local f = function … end": only
// that of a local function has its last line.
func isVariable(s *ast.LocalAssignStmt) bool {
	if len(s.Names) != 1 || len(s.Exprs) != 1 || s.LastLine() != 0 {
		return false
	}
	_, ok := s.Exprs[0].(*ast.FunctionExpr)
	return ok
}

// needsOrder tells whether gopher-lua may assign a variable too early.
func needsOrder(s *ast.AssignStmt) bool {
	variables, constants := 0, true
	for _, e := range s.Lhs {
		if _, ok := e.(*ast.IdentExpr); ok {
			variables++
		}
	}
	for _, e := range s.Rhs {
		if _, ok := e.(ast.ConstExpr); !ok {
			constants = false
		}
	}
	if len(s.Lhs) < 2 || variables == 0 {
		return false
	}
	return variables < len(s.Lhs) || !constants && !(len(s.Rhs) == 1 && givesSeveral(s.Rhs[0]))
}

// givesSeveral tells whether an expression may give more values than one,
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

// ordered gives an assignment with its values, and what of its left side the
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
	variable := func(name string, at ast.Expr) ast.Expr {
		v := &ast.IdentExpr{Value: name}
		v.SetLine(at.Line())
		v.SetLastLine(at.LastLine())
		return v
	}
	keep := func(e ast.Expr) ast.Expr {
		if stays(e, s.Lhs) {
			return e
		}
		n := name()
		kept.Names, kept.Exprs = append(kept.Names, n), append(kept.Exprs, e)
		return variable(n, e)
	}
	single := make([]ast.Stmt, len(s.Lhs))
	for i, left := range s.Lhs {
		if at, ok := left.(*ast.AttrGetExpr); ok {
			at.Object, at.Key = keep(at.Object), keep(at.Key)
		}
		n := name()
		values.Names = append(values.Names, n)
		one := &ast.AssignStmt{Lhs: []ast.Expr{left}, Rhs: []ast.Expr{variable(n, left)}}
		one.SetLine(line)
		one.SetLastLine(end)
		single[len(s.Lhs)-1-i] = one // the last first, like Lua's own compiler
	}
	values.Exprs = s.Rhs
	block := &ast.DoBlockStmt{}
	block.SetLine(line)
	block.SetLastLine(end)
	for _, local := range []*ast.LocalAssignStmt{&kept, &values} {
		local.SetLine(line)
		local.SetLastLine(end)
		if len(local.Names) > 0 {
			block.Stmts = append(block.Stmts, local)
		}
	}
	block.Stmts = append(block.Stmts, single...)
	return block
}

// stays tells whether an expression on the left side means the same after any
// of the assignments: a constant, or a variable that is not assigned.
func stays(e ast.Expr, assigned []ast.Expr) bool {
	if _, ok := e.(ast.ConstExpr); ok {
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

// inStmt goes on to the blocks and functions in a statement.
func inStmt(stmt ast.Stmt) {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		inExprs(s.Lhs...)
		inExprs(s.Rhs...)
	case *ast.LocalAssignStmt:
		inExprs(s.Exprs...)
	case *ast.FuncCallStmt:
		inExprs(s.Expr)
	case *ast.DoBlockStmt:
		rewrite(s.Stmts)
	case *ast.WhileStmt:
		inExprs(s.Condition)
		rewrite(s.Stmts)
	case *ast.RepeatStmt:
		rewrite(s.Stmts)
		inExprs(s.Condition)
	case *ast.IfStmt:
		inExprs(s.Condition)
		rewrite(s.Then)
		rewrite(s.Else)
	case *ast.NumberForStmt:
		inExprs(s.Init, s.Limit, s.Step)
		rewrite(s.Stmts)
	case *ast.GenericForStmt:
		inExprs(s.Exprs...)
		rewrite(s.Stmts)
	case *ast.FuncDefStmt:
		rewrite(s.Func.Stmts)
	case *ast.ReturnStmt:
		inExprs(s.Exprs...)
	}
}

// inExprs goes on to the functions in expressions.
func inExprs(exprs ...ast.Expr) {
	for _, expr := range exprs {
		switch e := expr.(type) {
		case *ast.FunctionExpr:
			rewrite(e.Stmts)
		case *ast.AttrGetExpr:
			inExprs(e.Object, e.Key)
		case *ast.TableExpr:
			for _, f := range e.Fields {
				inExprs(f.Key, f.Value)
			}
		case *ast.FuncCallExpr:
			inExprs(e.Func, e.Receiver)
			inExprs(e.Args...)
		case *ast.LogicalOpExpr:
			inExprs(e.Lhs, e.Rhs)
		case *ast.RelationalOpExpr:
			inExprs(e.Lhs, e.Rhs)
		case *ast.StringConcatOpExpr:
			inExprs(e.Lhs, e.Rhs)
		case *ast.ArithmeticOpExpr:
			inExprs(e.Lhs, e.Rhs)
		case *ast.UnaryMinusOpExpr:
			inExprs(e.Expr)
		case *ast.UnaryNotOpExpr:
			inExprs(e.Expr)
		case *ast.UnaryLenOpExpr:
			inExprs(e.Expr)
		}
	}
}
