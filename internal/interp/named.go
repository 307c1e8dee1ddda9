package interp

import (
	"fmt"
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

const (
	calledNil  = "attempt to call a "
	badArith   = "attempt to perform arithmetic on a "
	badCompare = "attempt to compare "
	badIndex   = "attempt to index a "
	badFor     = "'for' "
	badConcat  = "attempt to concatenate a "
	badLength  = "attempt to get length of a "
	didYouMean = ": did you mean %s?"
)

// complaints says how the messages begin that gopher-lua raises at an
// instruction about values of a type that it cannot use.
var complaints = map[int]string{
	lua.OP_CALL: calledNil, lua.OP_TAILCALL: calledNil, lua.OP_TFORLOOP: calledNil,
	lua.OP_ADD: badArith, lua.OP_SUB: badArith, lua.OP_MUL: badArith, lua.OP_DIV: badArith, lua.OP_MOD: badArith, lua.OP_POW: badArith,
	lua.OP_UNM: badArith, lua.OP_CONCAT: badConcat, lua.OP_LEN: badLength,
	lua.OP_LT: badCompare, lua.OP_LE: badCompare,
	lua.OP_GETTABLE: badIndex, lua.OP_GETTABLEKS: badIndex, lua.OP_SELF: badIndex, lua.OP_SETTABLE: badIndex, lua.OP_SETTABLEKS: badIndex,
	lua.OP_FORPREP: badFor, lua.OP_FORLOOP: badFor,
}

// named puts the name of the value at fault into the message of gopher-lua
// about it, which leaves that out. All other messages stay as they are. It
// is for a handler of errors, which runs while the stack of the place where
// the error was raised still stands below it.
func (in *Interp) named(L *lua.LState, message string) string {
	s, ok := siteAt(L, 0)
	if !ok {
		if f, called := goFunction(L); f != nil {
			return in.namedGo(message, f, called)
		}
		return message
	}
	if vm.IsNative(s.fn) { // pcall, whose first argument is no function
		return in.namedCall(L, message)
	}
	i := s.at(s.pc)
	begin, ok := complaints[i.op()]
	start := strings.Index(message, begin)
	if !ok || start < 0 {
		return message
	}
	place, what := message[:start], message[start:]
	r := s.culprit(i, what)
	if r < 0 {
		return message
	}
	o := s.operand(r, s.pc)
	if begin == calledNil {
		return place + in.badCall(s, o, s.register(r), what, i.op() == lua.OP_TFORLOOP)
	}
	return place + in.badOperand(s, o, s.register(r), what)
}

// noName is what gopher-lua calls a Go function that was not called by a
// name in Lua source: one that pcall called, for example.
var noName = regexp.MustCompile(`(bad argument #\d+ to )(\(anonymous\)|main chunk|corountine)( \()`)

// namedGo is named for an error that a Go function has raised: it tells who
// refused an argument.
func (in *Interp) namedGo(message string, f *lua.LFunction, called string) string {
	m := noName.FindStringSubmatch(message)
	if m == nil {
		return message
	}
	if name, ok := in.cfg.Codec.Names.Name(f); ok && called == m[2] { // or else it raises what another has said
		return noName.ReplaceAllString(message, "${1}'"+name+"'${3}")
	}
	return message
}

// namedCall is named for what a script gave pcall or xpcall to call.
func (in *Interp) namedCall(L *lua.LState, message string) string {
	s, ok := siteAt(L, 1)
	if !ok || !strings.HasPrefix(message, calledNil) {
		return message
	}
	if op := s.at(s.pc).op(); op != lua.OP_CALL && op != lua.OP_TAILCALL {
		return message
	}
	r := s.at(s.pc).a() + 1
	if said := in.badCall(s, s.operand(r, s.pc), s.register(r), message, false); said != message {
		return luaerr.Where(L) + said
	}
	return message
}

// goFunction gives the Go function that has raised an error, to a handler,
// and what gopher-lua calls it.
func goFunction(L *lua.LState) (f *lua.LFunction, called string) {
	dbg, ok := L.GetStack(0)
	if !ok {
		return nil, ""
	}
	fn, err := L.GetInfo("fn", dbg, lua.LNil)
	if f, ok := fn.(*lua.LFunction); err == nil && ok && f.IsG {
		return f, dbg.Name
	}
	return nil, ""
}

// culprit gives the register whose value an instruction cannot use, -1 when
// that is not known.
func (s site) culprit(i instruction, what string) int {
	switch i.op() {
	case lua.OP_CALL, lua.OP_TAILCALL, lua.OP_TFORLOOP, lua.OP_SETTABLE, lua.OP_SETTABLEKS:
		return i.a()
	case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF, lua.OP_UNM, lua.OP_LEN:
		return i.b()
	case lua.OP_FORPREP, lua.OP_FORLOOP:
		for n, part := range []string{"initial value", "limit", "step"} {
			if strings.HasPrefix(what, badFor+part) {
				return i.a() + n
			}
		}
		return -1
	case lua.OP_CONCAT:
		parts := []int{i.c() - 1, i.c()}
		for r := i.c() - 2; r >= i.b(); r-- { // they are joined from the right
			parts = append(parts, r)
		}
		return s.first(parts, lua.LVCanConvToString)
	case lua.OP_LT, lua.OP_LE:
		return s.first([]int{i.b(), i.c()}, isNumber)
	default:
		return s.first([]int{i.b(), i.c()}, readsAsNumber)
	}
}

func isNumber(v lua.LValue) bool { return v.Type() == lua.LTNumber }

// readsAsNumber tells whether arithmetic takes a value.
func readsAsNumber(v lua.LValue) bool {
	s, ok := v.(lua.LString)
	if !ok {
		return isNumber(v)
	}
	_, reads := number.Parse(string(s))
	return reads
}

// first gives the first register that holds a value that is not fit, -1 when
// that is a constant, or when all are fit.
func (s site) first(operands []int, fit func(lua.LValue) bool) int {
	for _, r := range operands {
		switch {
		case r&constantBit != 0 && !fit(s.constant(r&^constantBit)):
			return -1
		case r&constantBit == 0 && !fit(s.register(r)):
			return r
		}
	}
	return -1
}

// badCall is the message of the call of an operand whose value is no
// function; what is gopher-lua's. A for statement calls its iterator.
func (in *Interp) badCall(s site, o *operand, v lua.LValue, what string, loop bool) string {
	switch {
	case loop && v.Type() == lua.LTTable && o.name != "":
		return fmt.Sprintf("for … in needs a function, and '%s' is a table: did you mean pairs(%s)?", o.path(), o.path())
	case v.Type() == lua.LTFunction || o.name == "" || o.changed(v):
		return what
	case v == lua.LNil && o.global:
		return in.undefined(s, o.name)
	case v == lua.LNil && o.field:
		if said := in.lacks(o, "function"); said != "" {
			return said
		}
		return fmt.Sprintf("attempt to call '%s' (a nil value)%s", o.path(), alike(o, o.object.path(), true))
	default:
		return fmt.Sprintf("attempt to call '%s' (a %s value)", o.path(), v.Type())
	}
}

// badOperand is the message of another use of an operand that cannot be used
// so; what is gopher-lua's, or what is said in its place.
func (in *Interp) badOperand(s site, o *operand, v lua.LValue, what string) string {
	switch {
	case o.name == "" || o.changed(v):
		return what
	case v == lua.LNil && o.global:
		return in.undefined(s, o.name)
	case v == lua.LNil && o.field:
		if said := in.lacks(o, "field"); said != "" {
			return said
		}
		return fmt.Sprintf("%s: '%s' is nil%s", what, o.path(), alike(o, o.object.path(), false))
	case v == lua.LNil:
		return fmt.Sprintf("%s: '%s' is nil", what, o.path())
	default:
		return fmt.Sprintf("%s: '%s' is a %s", what, o.path(), v.Type())
	}
}

// changed tells whether the operand is a global that is defined by now and
// was not when v was read, long ago then.
func (o *operand) changed(v lua.LValue) bool {
	return o.global && v == lua.LNil && o.value != lua.LNil
}

// undefined is the message of the use of a global that is nil.
func (in *Interp) undefined(s site, name string) string {
	message, cure := fmt.Sprintf("global '%s' is not defined", name), ""
	if in.cfg.Self != nil {
		if self := in.cfg.Self(); self != "" {
			message += " on " + self
			cure = ": define it there with cluster.everywhere"
		}
	}
	if in.modules.offered[name] != nil || in.loadedTable().RawGetString(name) != lua.LNil {
		return fmt.Sprintf("%s: say local %s = require \"%s\"", message, name, name)
	}
	if near := nearest.Name(name, append(s.locals(), fieldNames(s.fn.Env, false)...)); near != "" {
		return message + fmt.Sprintf(didYouMean, near)
	}
	return message + cure
}

// lacks is the message of the use of a name that a loaded module does not
// have; "" when the object of the field is none.
func (in *Interp) lacks(o *operand, what string) string {
	object := o.object.value
	if object.Type() == lua.LTString {
		object = in.loadedTable().RawGetString(lua.StringLibName) // where methods of strings are
	}
	module := ""
	vm.ForEach(in.loadedTable(), func(name, loaded lua.LValue) {
		if loaded == object && loaded.Type() == lua.LTTable {
			module = name.String()
		}
	})
	if module == "" || !isIdentifier(o.name) {
		return ""
	}
	short := o.name
	if n := len(module) + 1; len(short) > n && strings.EqualFold(short[:n], module+"_") {
		short = short[n:] // mpi.MPI_Send
	}
	found := &operand{name: short, field: true, object: &operand{name: module, value: object}, sep: "."}
	return fmt.Sprintf("%s has no %s '%s'%s", module, what, o.name, alike(found, module, what == "function"))
}

// alike gives ": did you mean mpi.Send?" when the object of a field has one of
// a name much like it, or "".
func alike(o *operand, object string, functions bool) string {
	if !isIdentifier(o.name) {
		return "" // [i], whose name says nothing of its value
	}
	near := nearest.Name(o.name, fieldNames(o.object.value, functions))
	switch {
	case near == "":
		return ""
	case object != "":
		near = object + o.sep + near
	}
	return fmt.Sprintf(didYouMean, near)
}

// manyFields is of how many fields a table may be to look through them for a
// name, at each error.
const manyFields = 1000

// fieldNames lists the fields that a value has, itself or by its metatable,
// as far as tables tell; none when they are too many.
func fieldNames(v lua.LValue, functions bool) (names []string) {
	for range 3 { // classes that inherit
		mt := lua.LValue(lua.LNil)
		switch v := v.(type) {
		case *lua.LTable:
			seen := 0
			for key, value, _ := vm.Next(v, lua.LNil); key != lua.LNil; key, value, _ = vm.Next(v, key) {
				if name, ok := key.(lua.LString); ok && isIdentifier(string(name)) && (!functions || value.Type() == lua.LTFunction) {
					names = append(names, string(name))
				}
				if seen++; seen > manyFields {
					return nil
				}
			}
			mt = v.Metatable
		case *lua.LUserData:
			mt = v.Metatable
		}
		index := rawGet(mt, lua.LString("__index"))
		if index.Type() == lua.LTFunction {
			index = rawGet(mt, lua.LString("methods")) // where it looks for them
		}
		v = index
	}
	return names
}
