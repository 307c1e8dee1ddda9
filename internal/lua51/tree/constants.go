package tree

import (
	"github.com/yuin/gopher-lua/ast"

	lua "github.com/yuin/gopher-lua"
)

// gopher-lua looks through all constants of a function for each that it
// compiles, which takes time with the square of their number; and it puts the
// name of a method beyond the first 256 into the register of what "f():m()" in
// a for statement is called on. In a function with more constants the names of
// methods come first, and all but 256 are given to it as the same constant, told
// apart by a number in place of their line; settle puts them into the code.

const (
	// maxConstants is how many an instruction can name.
	maxConstants = 1<<18 - 1
	// keptConstants is how many instructions name without a register.
	keptConstants = 1 << 8
	// constantLine is where the numbers of constants begin.
	constantLine = 2 * jumpLine
)

// pooled is a constant that is compiled under a number. Without a value it is the line
// of instructions that are there for the compiler alone.
type pooled struct {
	value lua.LValue
	line  int
}

// pool is what the constants of a program are compiled as.
type pool struct {
	list []pooled
	flaw *flaw
}

// constantValue is the value of an expression that walk calls a leaf, nil for
// one that is no constant in compiled code.
func constantValue(e ast.Expr) lua.LValue {
	if s, ok := e.(*ast.StringExpr); ok {
		return lua.LString(s.Value)
	}
	if n, known := valueOf(e); known && !isMinusZero(e) {
		return lua.LNumber(n)
	}
	return nil
}

// function gives the body of a function, and of those inside it, with at most
// as many different constants as gopher-lua compiles well.
func (p *pool) function(body []ast.Stmt) []ast.Stmt {
	all := constants{seen: map[lua.LValue]bool{}}
	count := walk{
		leaf:   func(e ast.Expr) ast.Expr { all.add(e, &all.others); return e },
		method: func(name string) { all.add(&ast.StringExpr{Value: name}, &all.methods) },
		inner:  func(f *ast.FunctionExpr) { f.Stmts = p.function(f.Stmts) },
	}
	count.block(body)
	if len(all.seen) <= keptConstants {
		return body
	}
	if len(all.seen) > maxConstants && p.flaw == nil {
		p.flaw = &flaw{line: body[0].Line(), what: "constant table overflow"}
	}
	kept, stand := all.divide()
	is := map[lua.LValue]bool{}
	for _, e := range kept {
		is[constantValue(e)] = true
	}
	replace := walk{
		leaf: func(e ast.Expr) ast.Expr {
			v := constantValue(e)
			if v == nil || is[v] {
				return e
			}
			return copyOf(stand[v.Type()], p.number(v, e.Line()))
		},
		method: func(string) {},
		inner:  func(*ast.FunctionExpr) {},
	}
	replace.block(body)
	return append(p.begin(kept, body[0].Line()), body...)
}

// constants are the different ones of a function.
type constants struct {
	seen            map[lua.LValue]bool
	methods, others []ast.Expr
}

func (c *constants) add(e ast.Expr, to *[]ast.Expr) {
	if v := constantValue(e); v != nil && !c.seen[v] {
		c.seen[v] = true
		*to = append(*to, e)
	}
}

// divide gives the constants that are kept, and for each type of the others one
// that stands for all of them.
func (c *constants) divide() (kept []ast.Expr, stand map[lua.LValueType]ast.Expr) {
	all := append(c.methods, c.others...)
	stand = map[lua.LValueType]ast.Expr{}
	for _, e := range all[keptConstants:] {
		if of := constantValue(e).Type(); stand[of] == nil {
			stand[of] = e
		}
	}
	return all[:keptConstants], stand
}

// number gives a constant its number.
func (p *pool) number(v lua.LValue, line int) int {
	p.list = append(p.list, pooled{v, line})
	return constantLine + len(p.list) - 1
}

// copyOf gives a constant in another line.
func copyOf(e ast.Expr, line int) ast.Expr {
	var c ast.Expr
	switch e := e.(type) {
	case *ast.StringExpr:
		c = &ast.StringExpr{Value: e.Value}
	case *ast.UnaryMinusOpExpr:
		c = &ast.UnaryMinusOpExpr{Expr: e.Expr}
	case *ast.NumberExpr:
		c = &ast.NumberExpr{Value: e.Value}
	}
	c.SetLine(line)
	return c
}

// begin gives statements that make constants the first of a function.
func (p *pool) begin(kept []ast.Expr, line int) []ast.Stmt {
	number := p.number(nil, line)
	stmts := make([]ast.Stmt, 0, len(kept))
	for _, e := range kept {
		s := &ast.LocalAssignStmt{Exprs: []ast.Expr{copyOf(e, number)}} // of no variables
		s.SetLine(number)
		stmts = append(stmts, s)
	}
	return stmts
}

// settle puts the constants of a function into its code.
func (p *pool) settle(proto *lua.FunctionProto) {
	index := map[lua.LValue]int{}
	code, lines := proto.Code, proto.DbgSourcePositions
	for pc := 0; pc < len(code); pc++ {
		if lines[pc] < constantLine {
			continue
		}
		c := p.list[lines[pc]-constantLine]
		if c.value == nil { // begin is jumped over
			code[pc] = jumpOver(keptConstants - 1)
			for range keptConstants {
				lines[pc] = c.line
				pc++
			}
			pc--
			continue
		}
		lines[pc] = c.line
		if int(code[pc]>>26) != lua.OP_LOADK {
			continue
		}
		at, known := index[c.value]
		if !known {
			at = len(proto.Constants)
			index[c.value] = at
			proto.Constants = append(proto.Constants, c.value)
		}
		code[pc] = code[pc]&^(1<<18-1) | uint32(at)
	}
}

// jumpOver gives the instruction that jumps over some.
func jumpOver(n int) uint32 { return uint32(lua.OP_JMP)<<26 | uint32(n+1<<17-1) }
