package native

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// place is where the interpreter has a value: a register of the loop's frame and,
// behind those, of the calls inside of it, then captured variables and globals.
type place int

const (
	registers = 1280 // places that are registers
	places    = registers + 256
)

// kind is what is known of the value of a place while the loop runs.
type kind uint8

const (
	none   kind = iota // nothing: it is not needed
	entry              // what was there at the entry
	number             // a number, in a variable
	truth              // a boolean, in a variable
	null               // nil
	object             // one of the values of the entry
)

type typ struct {
	kind kind
	of   int16 // entry value of an object
}

// state is what is known of all places at one point of the text.
type state [places]typ

// class is what the text of a loop relies on of a value that it reads at its entry.
type class struct {
	kind      kind // number, truth, null or object; none for one that must not be used
	array     bool
	typ       array.Type
	intrinsic *vm.Intrinsic
	proto     *lua.FunctionProto
	table     bool
}

// origin is where a value is read at the entry.
type origin uint8

const (
	fromRegister origin = iota
	fromUpvalue         // number index of function base
	fromGlobal          // name, of the loop's environment
	fromField           // name, of table base
	fromConstant
)

// source says how to read a value. Base is the number of another value, own for
// the function of the loop.
type source struct {
	origin   origin
	base     int
	index    int
	name     string
	constant lua.LValue
}

const own = -1

// value is something that a loop reads at its entry.
type value struct {
	source
	class class
	at    place // that begins with it, noPlace for none
	whole bool  // it must be a whole number
}

const noPlace = place(-1)

// classify tells what a value is to a loop.
func classify(v lua.LValue) class {
	switch v := v.(type) {
	case lua.LNumber:
		return class{kind: number}
	case lua.LBool:
		return class{kind: truth}
	case *lua.LNilType:
		return class{kind: null}
	case *lua.LTable:
		return class{kind: object, table: true}
	case *lua.LFunction:
		if !v.IsG {
			return class{kind: object, proto: v.Proto}
		}
		return class{kind: object, intrinsic: vm.IntrinsicOf(v)}
	case *lua.LUserData:
		if a, ok := v.Value.(*array.Array); ok && !a.Leased() && a.Contiguous() && array.Plain(v) {
			return class{kind: object, array: true, typ: a.Type()}
		}
	case nil:
		return class{}
	}
	return class{kind: object}
}

// reader reads the values of a loop for one entry.
type reader struct {
	L     *lua.LState
	frame *vm.Frame
	read  []lua.LValue
}

// value reads one whose base has been read. It is nil where there is none.
func (r *reader) value(s *source) lua.LValue {
	switch s.origin {
	case fromRegister:
		if i := r.frame.LocalBase + s.index; i < len(vm.Registers(r.L)) {
			return vm.Registers(r.L)[i]
		}
	case fromUpvalue:
		if fn := r.function(s.base); s.index < len(fn.Upvalues) {
			return fn.Upvalues[s.index].Value()
		}
	case fromGlobal:
		return fieldOrNil(r.frame.Fn.Env, s.name)
	case fromField:
		if t, ok := r.read[s.base].(*lua.LTable); ok {
			return fieldOrNil(t, s.name)
		}
	case fromConstant:
		return s.constant
	}
	return nil
}

func (r *reader) function(base int) *lua.LFunction {
	if base == own {
		return r.frame.Fn
	}
	return r.read[base].(*lua.LFunction)
}

// fieldOrNil reads a field without metamethods; nil for one that a metamethod may
// have.
func fieldOrNil(t *lua.LTable, name string) lua.LValue {
	if v, ok := vm.FieldOf(t, name); ok {
		return v
	}
	if t.Metatable != lua.LNil {
		return nil
	}
	return lua.LNil
}
