package interp

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// operation is what a Lua function does at a site, as its source has it.
type operation struct {
	site
	tree.Operation
}

// operation gives the operation of a site. There is none in a function whose
// source is not known.
func (in *Interp) operation(s site) (p operation, ok bool) {
	name, source, index, ok := in.cfg.Codec.Chunks.Locate(s.fn.Proto)
	if !ok {
		return p, false
	}
	origin := in.origins.of(name, source)
	if origin == nil {
		return p, false
	}
	p.site = s
	p.Operation, ok = origin.At(index, s.pc)
	return p, ok
}

// value gives what an operand is now, without metamethods; lua.LNil for one that
// only the instructions before have computed.
func (p operation) value(o *tree.Operand) lua.LValue {
	switch {
	case o.Constant != nil:
		return o.Constant
	case o.Object != nil:
		return rawGet(p.object(o), p.value(o.Key))
	case o.Variable == nil:
		return lua.LNil
	}
	switch o.Variable.Kind {
	case "local":
		return p.register(o.Variable.Register)
	case "global":
		return rawGet(p.fn.Env, lua.LString(o.Variable.Name))
	}
	for n, name := range p.fn.Proto.DbgUpvalues {
		if name == o.Variable.Name && n < len(p.fn.Upvalues) {
			return p.fn.Upvalues[n].Value()
		}
	}
	return lua.LNil
}

// object gives what an operand is a field of. A method that is called has it as
// the first argument.
func (p operation) object(o *tree.Operand) lua.LValue {
	i := p.instruction()
	if o.Method && (i.op() == lua.OP_CALL || i.op() == lua.OP_TAILCALL) {
		return p.register(i.a() + 1)
	}
	return p.value(o.Object)
}

func rawGet(t, key lua.LValue) lua.LValue {
	if t, ok := t.(*lua.LTable); ok && key != lua.LNil {
		return vm.RawGet(t, key)
	}
	return lua.LNil
}
