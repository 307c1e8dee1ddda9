package tree

import (
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// Limits of an operation in a message: how long it may be, and a string in it,
// and how many expressions it may have.
const (
	longestText   = 60
	longestString = 24
	mostParts     = 30
)

// left stands for what is left out.
const left = "…"

// Text gives an operation as the source has it, without what makes it long; ""
// when it is still very long. operand is the one that matters, or -1.
func (p Operation) Text(operand int) string {
	for deep := 3; ; deep-- {
		s := written(p.node, deep)
		if e, ok := p.node.(*ast.StringConcatOpExpr); ok && utf8.RuneCountInString(s) > longestText {
			s = around(joined(e), operand, deep)
		}
		switch n := utf8.RuneCountInString(s); {
		case n <= longestText, deep == 1 && n <= longestPath:
			return s
		case deep == 1:
			return ""
		}
	}
}

// around writes an operand of a concatenation, with the ones beside it.
func around(parts []ast.Expr, operand, deep int) string {
	from, to := max(operand-1, 0), min(operand+2, len(parts))
	if from >= to {
		return left
	}
	s := new(writer).chain(parts[from:to], deep)
	if from > 0 {
		s = left + " .. " + s
	}
	if to < len(parts) {
		s += " .. " + left
	}
	return s
}

// written writes an expression, or the begin of a for statement. deep says how
// many operations inside one another are not left out.
func written(node ast.PositionHolder, deep int) string { return new(writer).node(node, deep) }

// writer counts the expressions that it has written.
type writer struct{ parts int }

func (w *writer) node(node ast.PositionHolder, deep int) string {
	if w.parts++; w.parts > mostParts {
		return left
	}
	switch e := node.(type) {
	case *ast.NilExpr:
		return "nil"
	case *ast.TrueExpr:
		return "true"
	case *ast.FalseExpr:
		return "false"
	case *ast.NumberExpr:
		return e.Value
	case *ast.StringExpr:
		return quoted(e.Value)
	case *ast.Comma3Expr:
		return "..."
	case *ast.IdentExpr:
		return e.Value
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok && IsName(key.Value) {
			return w.prefix(e.Object, deep) + "." + key.Value
		}
		return w.prefix(e.Object, deep) + "[" + w.node(e.Key, deep-1) + "]"
	case *ast.FuncCallExpr:
		called := ""
		if e.Receiver != nil {
			called = w.prefix(e.Receiver, deep) + ":" + e.Method
		} else {
			called = w.prefix(e.Func, deep)
		}
		if len(e.Args) > 0 && deep <= 1 {
			return called + "(" + left + ")"
		}
		return called + "(" + w.list(e.Args, deep-1) + ")"
	}
	if deep <= 0 {
		return left
	}
	switch e := node.(type) {
	case *ast.TableExpr:
		if len(e.Fields) == 0 {
			return "{}"
		}
		return "{" + left + "}"
	case *ast.FunctionExpr:
		return "function " + left + " end"
	case *ast.UnaryMinusOpExpr:
		return "-" + w.operand(e.Expr, unary, deep)
	case *ast.UnaryLenOpExpr:
		return "#" + w.operand(e.Expr, unary, deep)
	case *ast.UnaryNotOpExpr:
		return "not " + w.operand(e.Expr, unary, deep)
	case *ast.ArithmeticOpExpr:
		return w.binary(e.Lhs, e.Operator, e.Rhs, deep)
	case *ast.RelationalOpExpr:
		return w.binary(e.Lhs, e.Operator, e.Rhs, deep)
	case *ast.LogicalOpExpr:
		return w.binary(e.Lhs, e.Operator, e.Rhs, deep)
	case *ast.StringConcatOpExpr:
		return w.chain(joined(e), deep)
	case *ast.GenericForStmt:
		return "for " + strings.Join(e.Names, ", ") + " in " + w.list(e.Exprs, deep)
	case *ast.NumberForStmt:
		values := []ast.Expr{e.Init, e.Limit}
		if e.Step != nil {
			values = append(values, e.Step)
		}
		return "for " + e.Name + " = " + w.list(values, deep)
	}
	return left
}

// prefix writes what a field is read of, or what is called.
func (w *writer) prefix(e ast.Expr, deep int) string {
	switch e.(type) {
	case *ast.IdentExpr, *ast.AttrGetExpr, *ast.FuncCallExpr:
		return w.node(e, deep)
	}
	return "(" + w.node(e, deep-1) + ")"
}

// priorities of operators: those of a higher one come first (Lua 5.1 manual,
// section 2.5.6).
var priorities = map[string]int{
	"or": 1, "and": 2, "<": 3, ">": 3, "<=": 3, ">=": 3, "~=": 3, "==": 3, "..": 4, "+": 5, "-": 5, "*": 6, "/": 6, "%": 6, "^": 8,
}

const unary = 7 // between

func priority(e ast.Expr) int {
	switch e := e.(type) {
	case *ast.ArithmeticOpExpr:
		return priorities[e.Operator]
	case *ast.RelationalOpExpr:
		return priorities[e.Operator]
	case *ast.LogicalOpExpr:
		return priorities[e.Operator]
	case *ast.StringConcatOpExpr:
		return priorities[".."]
	case *ast.UnaryMinusOpExpr, *ast.UnaryNotOpExpr, *ast.UnaryLenOpExpr:
		return unary
	}
	return unary + 2
}

func (w *writer) binary(left ast.Expr, operator string, right ast.Expr, deep int) string {
	p := priorities[operator]
	l, r := p, p+1
	if operator == "^" {
		l, r = p+1, unary
	}
	return w.operand(left, l, deep) + " " + operator + " " + w.operand(right, r, deep)
}

// chain writes a concatenation.
func (w *writer) chain(parts []ast.Expr, deep int) string {
	var texts []string
	for _, part := range parts {
		texts = append(texts, w.operand(part, priorities[".."]+1, deep))
		if w.parts > mostParts {
			break
		}
	}
	return strings.Join(texts, " .. ")
}

// operand writes an operand, in parentheses when its operator has not the
// priority that it takes to be without.
func (w *writer) operand(e ast.Expr, least, deep int) string {
	if priority(e) < least && deep > 1 {
		return "(" + w.node(e, deep-1) + ")"
	}
	return w.node(e, deep-1)
}

func (w *writer) list(exprs []ast.Expr, deep int) string {
	var texts []string
	for _, e := range exprs {
		texts = append(texts, w.node(e, deep))
		if w.parts > mostParts {
			break
		}
	}
	return strings.Join(texts, ", ")
}

// ConstantText writes nil, a boolean, a number or a string, in one line.
func ConstantText(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return quoted(string(v))
	case lua.LNumber:
		return number.Text(v)
	}
	return v.String()
}

// quoted writes a string in one line, cut when it is long.
func quoted(s string) string {
	if len(s) > longestString {
		s = strings.ToValidUTF8(s[:longestString], "") + left
	}
	return strconv.Quote(s)
}

// longestPath is where a path is left out.
const longestPath = 200
