package tree

import (
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// Origin tells which operation of a source each instruction of its program
// carries out. It is made when an error needs it: the source is compiled once
// more, with a number for each expression in place of its line, and parsed once
// more for a tree that nothing has changed.
type Origin struct {
	functions []*lua.FunctionProto // of the numbered source, each followed by those inside it
	marks     []mark
	variables map[ast.Expr]*Variable
	chains    map[ast.Expr][]ast.Expr // what a concatenation joins
	keys      []map[string]int        // see constantOrder
}

// mark is an expression or a statement that has a number.
type mark struct {
	node     ast.PositionHolder // as the source has it
	function int                // in which it stands, counted in the order in which they begin
}

// Variable is what a name in the source stands for.
type Variable struct {
	Kind     string // "local", "upvalue" or "global"
	Name     string
	Register int // of a local variable
	seen     *seen
}

// Locals lists the names of the local variables that are to be seen where the
// name of a global stands.
func (v *Variable) Locals() (names []string) {
	for s := v.seen; s != nil; s = s.around {
		for _, l := range s.active {
			names = append(names, l.name)
		}
	}
	return names
}

// markedLine is where the numbers of expressions begin: no source has so many
// lines, and the numbers of jumps come after.
const markedLine = 1 << 32

func (o *Origin) list(proto *lua.FunctionProto) {
	o.functions = append(o.functions, proto)
	for _, inner := range proto.FunctionPrototypes {
		o.list(inner)
	}
}

// numbered calls visit for all that gets a number, in the order of the source.
func numbered(stmts []ast.Stmt, visit func(node ast.PositionHolder, function int)) {
	functions := 0
	var body func(stmts []ast.Stmt, function int)
	body = func(stmts []ast.Stmt, function int) {
		w := walk{
			leaf:   func(e ast.Expr) ast.Expr { return e },
			method: func(string) {},
			inner: func(f *ast.FunctionExpr) {
				functions++
				body(f.Stmts, functions)
			},
			each: func(node ast.PositionHolder) {
				switch node.(type) {
				case *ast.IdentExpr, *ast.AttrGetExpr, *ast.FuncCallExpr, *ast.ArithmeticOpExpr, *ast.StringConcatOpExpr, *ast.RelationalOpExpr, *ast.LogicalOpExpr,
					*ast.UnaryMinusOpExpr, *ast.UnaryLenOpExpr, *ast.NumberForStmt, *ast.GenericForStmt, *ast.FuncDefStmt:
					visit(node, function)
				}
			},
		}
		w.block(stmts)
	}
	body(stmts, 0)
}

// mark puts the numbers into a tree that is to be compiled.
func (o *Origin) mark(stmts []ast.Stmt) {
	n := 0
	numbered(stmts, func(node ast.PositionHolder, _ int) {
		node.SetLine(markedLine + n)
		n++
	})
}

// unchanged gives what the source has in the place of an expression of the marked
// tree, nil when that has no number.
func (o *Origin) unchanged(e ast.Expr) ast.Expr {
	if n := e.Line() - markedLine; n >= 0 && n < len(o.marks) {
		was, _ := o.marks[n].node.(ast.Expr)
		return was
	}
	return nil
}

// note takes what a name of the marked tree stands for.
func (o *Origin) note(e *ast.IdentExpr, v *Variable) {
	if name, ok := o.unchanged(e).(*ast.IdentExpr); ok && name.Value == e.Value { // or else the rewriter has put a variable of its own there
		o.variables[name] = v
	}
}

// noteChain takes what a concatenation of the marked tree joins: more than the
// source has in one chain when an operand is "nil or a .. b".
func (o *Origin) noteChain(e *ast.StringConcatOpExpr, parts []ast.Expr) {
	was := o.unchanged(e)
	for _, part := range parts {
		o.chains[was] = append(o.chains[was], o.unchanged(part))
	}
}

// Operation is what an instruction carries out.
type Operation struct {
	origin *Origin
	node   ast.PositionHolder
	code   int
}

// At gives the operation of an instruction of a function, which has the number
// that value.Chunks gives it; ok is false for an instruction that is no
// operation on values.
func (o *Origin) At(function, pc int) (p Operation, ok bool) {
	if function < 0 || function >= len(o.functions) || pc < 0 || pc >= len(o.functions[function].Code) {
		return p, false
	}
	f := o.functions[function]
	n := f.DbgSourcePositions[pc] - markedLine
	if n < 0 || n >= len(o.marks) {
		return p, false
	}
	p = Operation{o, o.marks[n].node, int(f.Code[pc] >> 26)}
	if p.code == lua.OP_SETTABLE && n > 0 { // which has the line of a in "function a:b()"
		if def, ok := o.marks[n-1].node.(*ast.FuncDefStmt); ok && def.Name.Receiver == p.node {
			p.node = &ast.AttrGetExpr{Object: def.Name.Receiver, Key: &ast.StringExpr{Value: def.Name.Method}}
		}
	}
	return p, true
}

// expr gives an operand, counted from 0 in the order of the source; nil when
// there is none.
func (p Operation) expr(n int) ast.Expr {
	var list []ast.Expr
	switch e := p.node.(type) {
	case *ast.AttrGetExpr:
		list = []ast.Expr{e.Object}
	case *ast.FuncCallExpr:
		if e.Receiver == nil {
			list = []ast.Expr{e.Func}
		} else if p.code == lua.OP_SELF {
			list = []ast.Expr{e.Receiver}
		} else {
			list = []ast.Expr{e} // the method
		}
	case *ast.ArithmeticOpExpr:
		list = []ast.Expr{e.Lhs, e.Rhs}
	case *ast.RelationalOpExpr:
		list = []ast.Expr{e.Lhs, e.Rhs}
		if e.Operator == ">" || e.Operator == ">=" { // which is compiled as < and <=
			list = []ast.Expr{e.Rhs, e.Lhs}
		}
	case *ast.StringConcatOpExpr:
		list = p.origin.chains[e]
	case *ast.UnaryMinusOpExpr:
		list = []ast.Expr{e.Expr}
	case *ast.UnaryLenOpExpr:
		list = []ast.Expr{e.Expr}
	case *ast.NumberForStmt:
		list = []ast.Expr{e.Init, e.Limit, e.Step}
	case *ast.GenericForStmt:
		list = e.Exprs
	}
	if n < 0 || n >= len(list) {
		return nil
	}
	return list[n]
}

// joined lists what a chain of concatenations joins.
func joined(e *ast.StringConcatOpExpr) (list []ast.Expr) {
	for {
		list = append(list, e.Lhs)
		next, ok := e.Rhs.(*ast.StringConcatOpExpr)
		if !ok {
			return append(list, e.Rhs)
		}
		e = next
	}
}
