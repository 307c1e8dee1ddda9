package luaplugin

import (
	"fmt"
	"math"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/load"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// exchange turns the arguments of a call into the protocol's values and the
// results back.
type exchange struct {
	call   *load.Call
	name   string
	arrays []*lua.LUserData // arguments, in the order of call.Array
}

const maxDepth = 100

func (x *exchange) encodeAll(args []lua.LValue) ([]*wire.Value, error) {
	values := make([]*wire.Value, len(args))
	for i, v := range args {
		var err error
		if values[i], err = x.encode(v, 0); err != nil {
			return nil, luaerr.New(luaerr.Argument, "bad argument #%d to '%s' (%w)", i+1, x.name, err)
		}
	}
	return values, nil
}

func (x *exchange) encode(v lua.LValue, depth int) (*wire.Value, error) {
	switch v := v.(type) {
	case *lua.LNilType:
		return &wire.Value{Kind: &wire.Value_Nil{Nil: true}}, nil
	case lua.LBool:
		return &wire.Value{Kind: &wire.Value_Boolean{Boolean: bool(v)}}, nil
	case lua.LNumber:
		return &wire.Value{Kind: &wire.Value_Number{Number: float64(v)}}, nil
	case lua.LString:
		return x.call.Text(string(v))
	case *lua.LTable:
		return x.encodeTable(v, depth)
	case *lua.LUserData:
		if a, ok := array.To(v); ok {
			dims := a.Shape()
			if len(dims) > 2 {
				return nil, fmt.Errorf("a %s cannot go to a plugin: vectors and matrices can, such as a:flat()", a.Kind())
			}
			x.arrays = append(x.arrays, v)
			return x.call.Array(wireType(a.Type()), a.Packed().Bytes(), dims[0], append(dims, 1)[1], len(dims) == 2)
		}
	}
	return nil, fmt.Errorf("a %s cannot go to a plugin: numbers, strings, booleans, tables and arrays can", args.Kind(v))
}

func (x *exchange) encodeTable(t *lua.LTable, depth int) (*wire.Value, error) {
	if depth == maxDepth {
		return nil, fmt.Errorf("a table in itself, or nested more than %d deep", maxDepth)
	}
	out := &wire.Table{}
	var first error
	vm.ForEach(t, func(k, v lua.LValue) {
		if first != nil {
			return
		}
		if k.Type() == lua.LTTable || k.Type() == lua.LTUserData {
			first = fmt.Errorf("a %s as key of a table", args.Kind(k))
			return
		}
		wk, err := x.encode(k, depth+1)
		if err == nil {
			var wv *wire.Value
			if wv, err = x.encode(v, depth+1); err == nil {
				out.Keys, out.Values = append(out.Keys, wk), append(out.Values, wv)
				return
			}
		}
		first = fmt.Errorf("[%v]: %w", k, err)
	})
	return &wire.Value{Kind: &wire.Value_Table{Table: out}}, first
}

// results returns the returned values, after the arguments that the function
// has changed have their new content.
func (x *exchange) results(L *lua.LState, resp *wire.Response) ([]lua.LValue, error) {
	for _, r := range resp.GetChanged() {
		i, ok := x.call.Argument(r)
		if !ok {
			return nil, luaerr.New(luaerr.Plugin, "%s says that it changed an array which is no argument", x.name)
		}
		raw, err := x.call.Memory(r)
		if err != nil {
			return nil, err
		}
		a, ok := array.To(x.arrays[i])
		if !ok {
			return nil, luaerr.New(luaerr.Plugin, "%s changed an array whose memory was taken back meanwhile", x.name)
		}
		fill(a, raw)
	}
	values := make([]lua.LValue, len(resp.GetResults()))
	for i, w := range resp.GetResults() {
		var err error
		if values[i], err = x.decode(L, w, 0); err != nil {
			return nil, err
		}
	}
	return values, nil
}

func (x *exchange) decode(L *lua.LState, w *wire.Value, depth int) (lua.LValue, error) {
	switch k := w.GetKind().(type) {
	case *wire.Value_Boolean:
		return lua.LBool(k.Boolean), nil
	case *wire.Value_Number:
		return lua.LNumber(k.Number), nil
	case *wire.Value_String_:
		return lua.LString(k.String_), nil
	case *wire.Value_Text:
		s, err := x.call.Long(k.Text)
		return lua.LString(s), err
	case *wire.Value_Array:
		return x.decodeArray(L, k.Array)
	case *wire.Value_Table:
		return x.decodeTable(L, k.Table, depth)
	}
	return lua.LNil, nil
}

func (x *exchange) decodeTable(L *lua.LState, w *wire.Table, depth int) (lua.LValue, error) {
	if depth > maxDepth || len(w.GetKeys()) != len(w.GetValues()) {
		return nil, luaerr.New(luaerr.Plugin, "%s returned a table that is nested too deep or has no value for a key", x.name)
	}
	t := L.CreateTable(0, 0)
	for i, wk := range w.GetKeys() {
		k, err := x.decode(L, wk, depth+1)
		if err != nil {
			return nil, err
		}
		if n, ok := k.(lua.LNumber); k == lua.LNil || ok && math.IsNaN(float64(n)) {
			return nil, luaerr.New(luaerr.Plugin, "%s returned a table with the key %v", x.name, k)
		}
		v, err := x.decode(L, w.GetValues()[i], depth+1)
		if err != nil {
			return nil, err
		}
		vm.RawSet(t, k, v)
	}
	return t, nil
}

// decodeArray returns an argument itself where the function returned it, else a
// new array.
func (x *exchange) decodeArray(L *lua.LState, w *wire.Array) (lua.LValue, error) {
	if i, ok := x.call.Argument(w.GetRegion()); ok {
		if a := x.arrays[i].Value.(*array.Array); wireType(a.Type()) == plugins.Type(w.GetType()) {
			return x.arrays[i], nil
		}
	}
	t, raw, err := x.call.Elements(w)
	if err != nil {
		return nil, err
	}
	var a *array.Array
	if w.GetRows() != 0 || w.GetColumns() != 0 {
		a = array.NewShaped(luaType(t), int(w.GetRows()), int(w.GetColumns()))
	} else {
		a = array.New(luaType(t), len(raw)/t.Size())
	}
	fill(a, raw)
	return array.ToLua(L, a), nil
}

// fill copies elements into an array. A bool may hold nothing but 0 and 1.
func fill(a *array.Array, raw []byte) {
	if a.Type() == array.Bool {
		raw = slices.Clone(raw)
		for i, b := range raw {
			raw[i] = min(b, 1)
		}
	}
	a.SetBytes(raw[:min(len(raw), a.Len()*a.Type().Size())])
}
