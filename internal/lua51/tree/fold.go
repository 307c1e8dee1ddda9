package tree

import (
	"math"
	"strconv"
	"strings"

	"github.com/yuin/gopher-lua/ast"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// plain writes a number that is not below 0 as gopher-lua reads it.
func plain(n float64) string {
	return strings.TrimPrefix(strconv.FormatFloat(n, 'g', -1, 64), "+")
}

// numberOf reads a number of the source.
func numberOf(word string) float64 {
	n, _ := number.Parse(word)
	return n
}

// valueOf tells which number an expression is if it is a constant.
func valueOf(e ast.Expr) (n float64, known bool) {
	switch e := e.(type) {
	case *ast.NumberExpr:
		return numberOf(e.Value), true
	case *ast.UnaryMinusOpExpr:
		if isMinusZero(e) {
			return math.Copysign(0, -1), true
		}
		n, known = valueOf(e.Expr)
		return -n, known
	}
	return 0, false
}

// folded gives the value of an operation on constants, or else the operation:
// also for a division by 0, which may become one by -0 (see zeros).
func folded(e *ast.ArithmeticOpExpr) ast.Expr {
	a, isA := valueOf(e.Lhs)
	b, isB := valueOf(e.Rhs)
	if !isA || !isB || b == 0 && e.Operator == "/" {
		return e
	}
	return constantOf(number.Arith(e.Operator[0], a, b), e)
}

// isMinusZero tells whether an expression is what constantOf gives for -0.
func isMinusZero(e ast.Expr) bool {
	minus, ok := e.(*ast.UnaryMinusOpExpr)
	if !ok {
		return false
	}
	length, ok := minus.Expr.(*ast.UnaryLenOpExpr)
	return ok && length.LastLine() == minusZero
}

// minusZero is the last line of the #"" by which -0 is told from one in a
// source.
const minusZero = -1

// isOfConstants tells whether an operation is one that gopher-lua may fold.
func isOfConstants(e *ast.ArithmeticOpExpr) bool {
	_, isA := valueOf(e.Lhs)
	_, isB := valueOf(e.Rhs)
	return isA && isB
}

// constantOf gives an expression for a number, in the place of another one.
func constantOf(n float64, where ast.Expr) ast.Expr {
	constant := func(n float64) ast.Expr { return at(&ast.NumberExpr{Value: plain(n)}, where) }
	switch {
	case math.IsNaN(n): // as the processor gives it
		return at(&ast.ArithmeticOpExpr{Operator: "/", Lhs: constant(0), Rhs: constant(0)}, where)
	case n == 0 && math.Signbit(n): // as a constant gopher-lua would take it for 0
		length := at(&ast.UnaryLenOpExpr{Expr: at(&ast.StringExpr{}, where)}, where)
		length.SetLastLine(minusZero)
		return at(&ast.UnaryMinusOpExpr{Expr: length}, where)
	case n < 0:
		return at(&ast.UnaryMinusOpExpr{Expr: constant(-n)}, where)
	}
	return constant(n)
}

// at returns an expression the lines of another one.
func at[E ast.Expr](e E, where ast.PositionHolder) E {
	e.SetLine(where.Line())
	e.SetLastLine(where.LastLine())
	return e
}
