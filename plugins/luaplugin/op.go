package luaplugin

import (
	"context"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/load"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// Op is a reduction op of a plugin.
type Op struct {
	Plugin *load.Plugin
	About  *wire.Op
	in     *interp.Interp
}

// Name returns the op as messages name it, "stats.merge".
func (o *Op) Name() string { return o.Plugin.About().GetName() + "." + o.About.GetName() }

// Record returns how many elements belong together, at least 1.
func (o *Op) Record() int { return max(1, int(o.About.GetRecord())) }

// Accepts reports whether the op works on a type.
func (o *Op) Accepts(t array.Type) bool {
	for _, w := range o.About.GetTypes() {
		if plugins.Type(w) == wireType(t) {
			return true
		}
	}
	return false
}

// Types lists the types that the op works on, for messages.
func (o *Op) Types() string {
	var names []string
	for _, w := range o.About.GetTypes() {
		names = append(names, plugins.Type(w).String())
	}
	return strings.Join(names, ", ")
}

// Combine sets inout to in op inout; both are raw memory of elements of t. It
// may be called without the interpreter.
func (o *Op) Combine(ctx context.Context, t array.Type, in, inout []byte) error {
	return o.Plugin.Combine(ctx, o.About.GetName(), wireType(t), in, inout)
}

// Check reports what keeps the op from working on n elements of a type, "" if
// nothing does.
func (o *Op) Check(t array.Type, n int) error {
	switch {
	case !o.Accepts(t):
		return luaerr.New(luaerr.Argument, "%s does not work on %s, but on %s", o.Name(), t, o.Types())
	case n%o.Record() != 0:
		return luaerr.New(luaerr.Argument, "%s works on records of %d elements; %d elements are no whole number of records", o.Name(), o.Record(), n)
	}
	return nil
}

// wireType and luaType: the protocol counts types from 1.
func wireType(t array.Type) plugins.Type { return plugins.Type(t) + 1 }
func luaType(t plugins.Type) array.Type  { return array.Type(t) - 1 }

// opValue returns the value of an op: MPI's, or outside MPI one of our own.
func (m *module) opValue(L *lua.LState, op *Op) (lua.LValue, error) {
	if m.cfg.MPI != nil {
		return m.cfg.MPI.Op(L, op)
	}
	if m.opMT == nil {
		m.opMT = L.NewTable()
		m.opMT.RawSetString(vm.NameKey, lua.LString("op"))
		SetOpMethods(L, m.opMT, func(v lua.LValue) *Op {
			if ud, ok := v.(*lua.LUserData); ok {
				op, _ := ud.Value.(*Op)
				return op
			}
			return nil
		})
	}
	return &lua.LUserData{Value: op, Metatable: m.opMT}, nil
}

// SetOpMethods gives a metatable what all ops of plugins have: they print as
// their name, and op(a, b) combines two arrays into the second, or two
// numbers, without MPI.
func SetOpMethods(L *lua.LState, mt *lua.LTable, of func(v lua.LValue) *Op) {
	mt.RawSetString("__tostring", L.NewFunction(func(L *lua.LState) int {
		L.Push(lua.LString("op " + of(L.Get(1)).Name()))
		return 1
	}))
	mt.RawSetString("__call", L.NewFunction(func(L *lua.LState) int {
		v, err := of(L.Get(1)).call(L, L.Get(2), L.Get(3))
		if err != nil {
			luaerr.Raise(L, luaerr.From(err))
		}
		L.Push(v)
		return 1
	}))
}

func (o *Op) call(L *lua.LState, x, y lua.LValue) (lua.LValue, error) {
	in, inArray := array.To(x)
	inout, inoutArray := array.To(y)
	a, isNumber := x.(lua.LNumber)
	b, bothNumbers := y.(lua.LNumber)
	numbers := isNumber && bothNumbers
	switch {
	case numbers:
		in, inout = array.New(array.Float64, 1), array.New(array.Float64, 1)
		array.Of[float64](in)[0], array.Of[float64](inout)[0] = float64(a), float64(b)
	case !inArray || !inoutArray:
		return nil, luaerr.New(luaerr.Argument, "%s combines two arrays or two numbers, not %s and %s", o.Name(), args.Kind(x), args.Kind(y))
	case in.Type() != inout.Type() || in.Len() != inout.Len():
		return nil, luaerr.New(luaerr.Argument, "%s combines arrays of one type and length, not %s of %d and %s of %d",
			o.Name(), in.Type(), in.Len(), inout.Type(), inout.Len())
	}
	if err := o.Check(in.Type(), in.Len()); err != nil {
		return nil, err
	}
	packed := inout.Packed()
	err := o.in.Wait(L, func(ctx context.Context) error {
		return o.Combine(ctx, in.Type(), in.Packed().Bytes(), packed.Bytes())
	})
	if err == nil && packed != inout {
		inout.SetBytes(packed.Bytes())
	}
	if err != nil || !numbers {
		return y, err
	}
	return lua.LNumber(array.Of[float64](inout)[0]), nil
}
