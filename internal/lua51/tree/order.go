package tree

import (
	"math"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// otherConstants is how many constants of a function are neither numbers nor
// texts: nil, true and false.
const otherConstants = 3

// constantOrder gives the place of each text among the constants of each function
// in a chunk, as Lua 5.1 counts them: those beyond the first 256 have no name in
// errors.
func (o *Origin) constantOrder(stmts []ast.Stmt) []map[string]int {
	var all []map[string]int
	var body func(stmts []ast.Stmt)
	body = func(stmts []ast.Stmt) {
		c := &counter{origin: o, places: map[string]int{}, seen: map[lua.LValue]bool{}, inner: body}
		all = append(all, c.places)
		c.block(stmts)
	}
	body(stmts)
	return all
}

// counter counts the constants of one function in the order in which Lua 5.1's
// compiler meets them: texts and names of globals where they stand, numbers, nil,
// true and false where an instruction takes them.
type counter struct {
	origin *Origin
	places map[string]int
	seen   map[lua.LValue]bool
	inner  func(stmts []ast.Stmt)
}

func (c *counter) add(v lua.LValue) {
	if c.seen[v] {
		return
	}
	if s, ok := v.(lua.LString); ok {
		c.places[string(s)] = len(c.seen)
	}
	c.seen[v] = true
}

func (c *counter) text(s string) { c.add(lua.LString(s)) }

func (c *counter) block(stmts []ast.Stmt) {
	for _, stmt := range stmts {
		c.stmt(stmt)
	}
}

func (c *counter) stmt(stmt ast.Stmt) {
	switch s := stmt.(type) {
	case *ast.AssignStmt:
		for _, e := range s.Lhs {
			c.expr(e)
		}
		c.registers(s.Rhs)
		if _, isField := s.Lhs[len(s.Lhs)-1].(*ast.AttrGetExpr); isField && len(s.Lhs) == len(s.Rhs) {
			c.settle(s.Rhs[len(s.Rhs)-1])
		}
	case *ast.LocalAssignStmt:
		c.registers(s.Exprs)
	case *ast.FuncCallStmt:
		c.expr(s.Expr)
	case *ast.DoBlockStmt:
		c.block(s.Stmts)
	case *ast.WhileStmt:
		c.expr(s.Condition)
		c.block(s.Stmts)
	case *ast.RepeatStmt:
		c.block(s.Stmts)
		c.expr(s.Condition)
	case *ast.IfStmt:
		c.expr(s.Condition)
		c.block(s.Then)
		c.block(s.Else)
	case *ast.NumberForStmt:
		c.registers([]ast.Expr{s.Init, s.Limit})
		if s.Step == nil {
			c.add(lua.LNumber(1))
		} else {
			c.register(s.Step)
		}
		c.block(s.Stmts)
	case *ast.GenericForStmt:
		c.registers(s.Exprs)
		c.block(s.Stmts)
	case *ast.FuncDefStmt:
		c.expr(s.Name.Func)
		c.expr(s.Name.Receiver)
		if s.Name.Receiver != nil {
			c.text(s.Name.Method)
		}
		c.inner(s.Func.Stmts)
	case *ast.ReturnStmt:
		c.registers(s.Exprs)
	}
}

// registers counts for values that are put into registers.
func (c *counter) registers(exprs []ast.Expr) {
	for _, e := range exprs {
		c.register(e)
	}
}

func (c *counter) register(e ast.Expr) {
	c.expr(e)
	c.load(e)
}

// load counts a number that is put into a register after all before it.
func (c *counter) load(e ast.Expr) {
	for {
		logical, ok := e.(*ast.LogicalOpExpr)
		if !ok {
			break
		}
		e = logical.Rhs // which may be the value
	}
	if n, is := numeral(e); is {
		c.add(lua.LNumber(n))
	}
}

// operand counts for a value that an instruction takes as a constant if it is
// one.
func (c *counter) operand(e ast.Expr) {
	c.expr(e)
	c.settle(e)
}

// settle counts a constant that an instruction takes only now.
func (c *counter) settle(e ast.Expr) {
	c.load(e)
	if len(c.seen) < keptConstants {
		switch e.(type) {
		case *ast.NilExpr:
			c.add(lua.LNil)
		case *ast.TrueExpr:
			c.add(lua.LTrue)
		case *ast.FalseExpr:
			c.add(lua.LFalse)
		}
	}
}

func (c *counter) expr(e ast.Expr) {
	if _, is := numeral(e); is {
		return
	}
	switch e := e.(type) {
	case *ast.StringExpr:
		c.text(e.Value)
	case *ast.IdentExpr:
		if v := c.origin.variables[e]; v != nil && v.Kind == "global" {
			c.text(e.Value)
		}
	case *ast.FunctionExpr:
		c.inner(e.Stmts)
	case *ast.AttrGetExpr:
		c.expr(e.Object)
		c.operand(e.Key)
	case *ast.TableExpr:
		for _, f := range e.Fields {
			if f.Key != nil {
				c.operand(f.Key)
				c.operand(f.Value)
			} else {
				c.register(f.Value)
			}
		}
	case *ast.FuncCallExpr:
		c.expr(e.Func)
		c.expr(e.Receiver)
		if e.Receiver != nil {
			c.text(e.Method)
		}
		c.registers(e.Args)
	case *ast.LogicalOpExpr:
		c.expr(e.Lhs)
		if e.Operator == "or" { // a number before "and" is left out
			c.load(e.Lhs)
		}
		c.expr(e.Rhs)
	case *ast.RelationalOpExpr:
		c.operand(e.Lhs)
		c.operand(e.Rhs)
	case *ast.StringConcatOpExpr:
		c.registers([]ast.Expr{e.Lhs, e.Rhs})
	case *ast.ArithmeticOpExpr:
		c.expr(e.Lhs)
		if _, is := numeral(e.Lhs); !is {
			c.settle(e.Lhs)
		}
		c.operand(e.Rhs)
		c.settle(e.Lhs)
	case *ast.UnaryMinusOpExpr:
		c.register(e.Expr)
	case *ast.UnaryNotOpExpr:
		c.expr(e.Expr)
	case *ast.UnaryLenOpExpr:
		c.register(e.Expr)
	}
}

// numeral gives the number that Lua 5.1 makes of an expression when it compiles
// it: one of numbers, but for a division by 0 and what is no number.
func numeral(e ast.Expr) (n float64, is bool) {
	switch e := e.(type) {
	case *ast.NumberExpr:
		return numberOf(e.Value), true
	case *ast.UnaryMinusOpExpr:
		n, is = numeral(e.Expr)
		return -n, is
	case *ast.ArithmeticOpExpr:
		a, isA := numeral(e.Lhs)
		b, isB := numeral(e.Rhs)
		if !isA || !isB || b == 0 && (e.Operator == "/" || e.Operator == "%") {
			return 0, false
		}
		n = number.Arith(e.Operator[0], a, b)
		return n, !math.IsNaN(n)
	}
	return 0, false
}
