package tree

import (
	"math"

	"github.com/yuin/gopher-lua/ast"
)

// walk goes through the code of one function in the order of the source. leaf
// may put another expression in the place of a number, a text, a negative number
// or an operation on numbers, but for the name of a field that is called, which
// the compiler notes for messages; method gets the names of methods that are
// called, and inner the functions in it, whose code is not gone through. each, if
// it is not nil, gets all expressions and statements, before what is in them.
type walk struct {
	leaf   func(e ast.Expr) ast.Expr
	method func(name string)
	inner  func(f *ast.FunctionExpr)
	each   func(node ast.PositionHolder)
}

func (w *walk) block(stmts []ast.Stmt) {
	for _, stmt := range stmts {
		w.stmt(stmt)
	}
}

func (w *walk) stmt(stmt ast.Stmt) {
	if w.each != nil {
		w.each(stmt)
	}
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		w.all(s.Lhs)
		w.all(s.Rhs)
	case *ast.LocalAssignStmt:
		w.all(s.Exprs)
	case *ast.FuncCallStmt:
		s.Expr = w.expr(s.Expr)
	case *ast.DoBlockStmt:
		w.block(s.Stmts)
	case *ast.WhileStmt:
		s.Condition = w.expr(s.Condition)
		w.block(s.Stmts)
	case *ast.RepeatStmt:
		w.block(s.Stmts)
		s.Condition = w.expr(s.Condition)
	case *ast.IfStmt:
		s.Condition = w.expr(s.Condition)
		w.block(s.Then)
		w.block(s.Else)
	case *ast.NumberForStmt:
		if s.Step == nil && w.each == nil { // for which the compiler takes the line of the first value
			s.Step = at(&ast.NumberExpr{Value: "1"}, s.Init)
		}
		s.Init, s.Limit, s.Step = w.expr(s.Init), w.expr(s.Limit), w.expr(s.Step)
		w.block(s.Stmts)
	case *ast.GenericForStmt:
		w.all(s.Exprs)
		w.block(s.Stmts)
	case *ast.FuncDefStmt:
		s.Name.Func, s.Name.Receiver = w.expr(s.Name.Func), w.expr(s.Name.Receiver)
		w.inner(s.Func)
	case *ast.ReturnStmt:
		w.all(s.Exprs)
	}
}

func (w *walk) all(exprs []ast.Expr) {
	for i, e := range exprs {
		exprs[i] = w.expr(e)
	}
}

// expr gives what leaf puts in the place of an expression, or the expression
// with all in it gone through.
func (w *walk) expr(expr ast.Expr) ast.Expr {
	if w.each != nil && expr != nil {
		w.each(expr)
	}
	if _, known := valueOf(expr); known {
		return w.leaf(expr)
	}
	switch e := expr.(type) {
	case *ast.StringExpr:
		return w.leaf(e)
	case *ast.FunctionExpr:
		w.inner(e)
	case *ast.AttrGetExpr:
		e.Object, e.Key = w.expr(e.Object), w.expr(e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			f.Key, f.Value = w.expr(f.Key), w.expr(f.Value)
		}
	case *ast.FuncCallExpr:
		if field, ok := e.Func.(*ast.AttrGetExpr); ok && isText(field.Key) {
			if w.each != nil {
				w.each(field)
			}
			field.Object = w.expr(field.Object)
		} else {
			e.Func = w.expr(e.Func)
		}
		if e.Receiver = w.expr(e.Receiver); e.Receiver != nil {
			w.method(e.Method)
		}
		w.all(e.Args)
	case *ast.LogicalOpExpr:
		e.Lhs, e.Rhs = w.expr(e.Lhs), w.expr(e.Rhs)
	case *ast.RelationalOpExpr:
		e.Lhs, e.Rhs = w.expr(e.Lhs), w.expr(e.Rhs)
	case *ast.StringConcatOpExpr:
		e.Lhs, e.Rhs = w.expr(e.Lhs), w.expr(e.Rhs)
	case *ast.ArithmeticOpExpr:
		if isOfConstants(e) { // whose operands gopher-lua is to see
			return w.leaf(e)
		}
		e.Lhs, e.Rhs = w.expr(e.Lhs), w.expr(e.Rhs)
	case *ast.UnaryMinusOpExpr:
		e.Expr = w.expr(e.Expr)
	case *ast.UnaryNotOpExpr:
		e.Expr = w.expr(e.Expr)
	case *ast.UnaryLenOpExpr:
		e.Expr = w.expr(e.Expr)
	}
	return expr
}

func isText(e ast.Expr) bool {
	_, ok := e.(*ast.StringExpr)
	return ok
}

// zeros makes all zeros of a function, and of those inside it, what the first of
// them is, 0 or -0: Lua 5.1 has one constant for both.
func zeros(body []ast.Stmt) {
	var first ast.Expr
	var leaf func(e ast.Expr) ast.Expr
	leaf = func(e ast.Expr) ast.Expr {
		n, known := valueOf(e)
		switch {
		case known && n == 0:
			if first == nil {
				first = e
			}
			switch minus := isMinusZero(first); {
			case minus && !isMinusZero(e):
				return constantOf(math.Copysign(0, -1), e)
			case !minus && isMinusZero(e):
				return constantOf(0, e)
			}
		case !known:
			if op, ok := e.(*ast.ArithmeticOpExpr); ok {
				op.Rhs = leaf(op.Rhs) // which Lua 5.1 takes first
				op.Lhs = leaf(op.Lhs)
			}
		}
		return e
	}
	w := walk{leaf: leaf, method: func(string) {}, inner: func(f *ast.FunctionExpr) { zeros(f.Stmts) }}
	w.block(body)
}
