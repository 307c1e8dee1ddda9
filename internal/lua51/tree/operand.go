package tree

import (
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// Operand is a value as the source has it.
type Operand struct {
	// Kind and Name are how Lua 5.1 calls it in errors: "field" and "x". Both
	// are "" for what it gives no name.
	Kind, Name string
	// Path is the operand as it is written, "t.x" or "comm:Send", when it is a
	// variable, or a field of one, with constants and variables for keys.
	Path     string
	Variable *Variable  // of a name
	Constant lua.LValue // of a constant
	// Object and Key are those of a field, which Method tells to be called as
	// "object:key()".
	Object, Key *Operand
	Method      bool
}

// Operand gives an operand, counted from 0 in the order of the instruction's
// values; nil when there is none.
func (p Operation) Operand(n int) *Operand {
	e := p.expr(n)
	if e == nil {
		return nil
	}
	o := p.origin.operand(e)
	call, ok := e.(*ast.FuncCallExpr)
	if ok && call == p.node { // what it calls is a method
		object := p.origin.operand(call.Receiver)
		o = fieldOf(object, &Operand{Constant: lua.LString(call.Method)}, true)
		o.Kind, o.Name = "method", p.origin.keyName(call.Method, p.node)
		return o
	}
	if !p.IsLoop() { // which calls a copy
		o.Kind, o.Name = p.origin.nameOf(e)
	}
	return o
}

// Argument gives an argument of a call by its number, counted from 0; nil when
// the call has none such, or may have another one there.
func (p Operation) Argument(n int) *Operand {
	call, ok := p.node.(*ast.FuncCallExpr)
	if !ok || call.Receiver != nil || n >= len(call.Args) {
		return nil
	}
	return p.origin.operand(call.Args[n])
}

// Key gives the key of the field that an operation reads or sets, nil when it is
// another operation. Its Path is whatever is written there.
func (p Operation) Key() *Operand {
	if e, ok := p.node.(*ast.AttrGetExpr); ok {
		o := p.origin.operand(e.Key)
		if o.Path == "" {
			o.Path = written(e.Key, 2)
		}
		return o
	}
	return nil
}

// IsLoop reports whether an operation is the call that a for statement makes.
func (p Operation) IsLoop() bool {
	_, ok := p.node.(*ast.GenericForStmt)
	return ok
}

// operand gives an operand without the name that Lua 5.1 has for it.
func (o *Origin) operand(e ast.Expr) *Operand {
	switch e := e.(type) {
	case *ast.NilExpr:
		return &Operand{Constant: lua.LNil}
	case *ast.TrueExpr:
		return &Operand{Constant: lua.LTrue}
	case *ast.FalseExpr:
		return &Operand{Constant: lua.LFalse}
	case *ast.StringExpr:
		return &Operand{Constant: lua.LString(e.Value)}
	case *ast.IdentExpr:
		return &Operand{Variable: o.variables[e], Path: e.Value}
	case *ast.AttrGetExpr:
		return fieldOf(o.operand(e.Object), o.operand(e.Key), false)
	}
	if n, known := valueOf(e); known {
		return &Operand{Constant: lua.LNumber(n)}
	}
	return &Operand{}
}

func fieldOf(object, key *Operand, method bool) *Operand {
	o := &Operand{Object: object, Key: key, Method: method}
	if object.Path == "" || len(object.Path) > longestPath {
		return o
	}
	name, isString := key.Constant.(lua.LString)
	switch {
	case method:
		o.Path = object.Path + ":" + string(name)
	case isString && IsName(string(name)):
		o.Path = object.Path + "." + string(name)
	case key.Constant != nil:
		o.Path = object.Path + "[" + ConstantText(key.Constant) + "]"
	case key.Path != "":
		o.Path = object.Path + "[" + key.Path + "]"
	}
	return o
}

// nameOf tells how Lua 5.1 calls the value of an expression.
func (o *Origin) nameOf(e ast.Expr) (kind, name string) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if v := o.variables[e]; v != nil {
			return v.Kind, e.Value
		}
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok {
			return "field", o.keyName(key.Value, e)
		}
		return "field", "?"
	case *ast.LogicalOpExpr:
		if last, way := lastPart(e); way == arrives && last != nil {
			return o.nameOf(last)
		}
	}
	return "", ""
}

// keyName gives the name of a field as Lua 5.1 tells it: there is none for a
// constant that an instruction cannot hold, and it ends at a byte 0.
func (o *Origin) keyName(key string, where ast.PositionHolder) string {
	if o.keys != nil {
		for _, m := range o.marks {
			if m.node == where && o.keys[m.function][key] >= keptConstants {
				return "?"
			}
		}
	}
	key, _, _ = strings.Cut(key, "\x00")
	return key
}

// way is how the code of an expression is left.
type way int

const (
	arrives    way = iota // at its end
	leavesTrue            // by a jump for a true value
	leavesFalse
)

// lastPart gives the part of an expression of "and", "or" and "not" from which
// Lua 5.1 takes its name. It goes through the code up to the instruction that
// failed, and takes each jump on this way, whatever the values were: in "a == 1
// and b or c" from a to c. It finds a name where it arrives at the end, and none
// after a jump to there.
func lastPart(e ast.Expr) (last ast.Expr, how way) {
	switch e := e.(type) {
	case *ast.UnaryNotOpExpr:
		switch last, how = lastPart(e.Expr); {
		case how == leavesTrue:
			return nil, leavesFalse
		case how == leavesFalse:
			return nil, leavesTrue
		}
		if truth, known := known(last); known {
			if truth {
				return &ast.FalseExpr{}, arrives
			}
			return &ast.TrueExpr{}, arrives
		}
		return nil, arrives
	case *ast.LogicalOpExpr:
		stays := e.Operator == "and" // a value of this truth goes on to the right side
		last, how = lastPart(e.Lhs)
		truth, known := known(last)
		switch {
		case how == arrives && known && truth == stays, how == leavesTrue && stays, how == leavesFalse && !stays:
			return lastPart(e.Rhs)
		case stays:
			return nil, leavesFalse
		default:
			return nil, leavesTrue
		}
	}
	return e, arrives
}

// known reports what a constant means as a condition.
func known(e ast.Expr) (truth, known bool) {
	if e == nil {
		return false, false
	}
	if _, is := numeral(e); is {
		return true, true
	}
	return constant(e)
}
