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
		n, known = valueOf(e.Expr)
		return -n, known
	}
	return 0, false
}

// folded gives the value of an operation on constants, or else the operation.
// One that comes to no number is left to the machine.
func folded(e *ast.ArithmeticOpExpr) ast.Expr {
	a, isA := valueOf(e.Lhs)
	b, isB := valueOf(e.Rhs)
	if !isA || !isB {
		return e
	}
	return constantOf(number.Arith(e.Operator[0], a, b), e)
}

// constantOf gives an expression for a number, in the place of another one.
func constantOf(n float64, where ast.Expr) ast.Expr {
	constant := func(n float64) ast.Expr { return at(&ast.NumberExpr{Value: plain(n)}, where) }
	switch {
	case math.IsNaN(n): // as the processor gives it
		return at(&ast.ArithmeticOpExpr{Operator: "/", Lhs: constant(0), Rhs: constant(0)}, where)
	case n == 0 && math.Signbit(n): // as a constant gopher-lua would take it for 0
		return at(&ast.UnaryMinusOpExpr{Expr: at(&ast.UnaryLenOpExpr{Expr: at(&ast.StringExpr{}, where)}, where)}, where)
	case n < 0:
		return at(&ast.UnaryMinusOpExpr{Expr: constant(-n)}, where)
	}
	return constant(n)
}
