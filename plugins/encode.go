package plugins

import (
	"errors"
	"fmt"
	"math"
	"reflect"

	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

const (
	maxDepth = 100
	longText = 64 << 10 // bytes from which a string goes through memory
)

func (r *running) encode(v any, depth int) (*wire.Value, error) {
	if depth > maxDepth {
		return nil, errors.New("a table in itself, or nested too deep")
	}
	switch v := v.(type) {
	case nil:
		return &wire.Value{Kind: &wire.Value_Nil{Nil: true}}, nil
	case bool:
		return &wire.Value{Kind: &wire.Value_Boolean{Boolean: v}}, nil
	case float64:
		return &wire.Value{Kind: &wire.Value_Number{Number: v}}, nil
	case string:
		return r.encodeText(v)
	case *Array:
		return r.encodeArray(v)
	case Table:
		return r.encodeTable(len(v), func(each func(k, v any) error) error { return eachOf(v, each) }, depth)
	case map[string]any:
		return r.encodeTable(len(v), func(each func(k, v any) error) error { return eachOf(v, each) }, depth)
	case []any:
		return r.encodeTable(len(v), func(each func(k, v any) error) error {
			for i, x := range v {
				if err := each(float64(i+1), x); err != nil {
					return err
				}
			}
			return nil
		}, depth)
	}
	if a := arrayOf(v); a != nil {
		return r.encodeArray(a)
	}
	if f, ok := numberOf(v); ok {
		return &wire.Value{Kind: &wire.Value_Number{Number: f}}, nil
	}
	return nil, fmt.Errorf("a %T has no form in Lua", v)
}

func eachOf[K comparable](m map[K]any, each func(k, v any) error) error {
	for k, v := range m {
		if err := each(k, v); err != nil {
			return err
		}
	}
	return nil
}

func (r *running) encodeTable(n int, walk func(each func(k, v any) error) error, depth int) (*wire.Value, error) {
	t := &wire.Table{Keys: make([]*wire.Value, 0, n), Values: make([]*wire.Value, 0, n)}
	err := walk(func(k, v any) error {
		wk, err := r.encode(k, depth+1)
		if err != nil {
			return err
		}
		wv, err := r.encode(v, depth+1)
		if err != nil {
			return fmt.Errorf("[%v]: %w", k, err)
		}
		t.Keys, t.Values = append(t.Keys, wk), append(t.Values, wv)
		return nil
	})
	return &wire.Value{Kind: &wire.Value_Table{Table: t}}, err
}

func (r *running) encodeText(s string) (*wire.Value, error) {
	if len(s) < longText {
		return &wire.Value{Kind: &wire.Value_String_{String_: []byte(s)}}, nil
	}
	b, err := r.memory(len(s))
	if err != nil {
		return nil, err
	}
	copy(b, s)
	return &wire.Value{Kind: &wire.Value_Text{Text: r.region(b)}}, nil
}

// encodeArray names the place of an array. One that is not in shared memory
// is copied there. An argument that comes back is changed by that.
func (r *running) encodeArray(a *Array) (*wire.Value, error) {
	w := &wire.Array{Type: wire.ElementType(a.typ)}
	if a.matrix {
		w.Rows, w.Columns = uint64(a.rows), uint64(a.cols)
	}
	if len(a.raw) > 0 {
		w.Region = r.resultRegion(a)
		if w.Region == nil {
			b, err := r.memory(len(a.raw))
			if err != nil {
				return nil, err
			}
			copy(b, a.raw)
			w.Region = r.region(b)
		}
	}
	return &wire.Value{Kind: &wire.Value_Array{Array: w}}, nil
}

// resultRegion returns the place of an array that lies in the plugin's memory,
// or that is a whole argument; else nil.
func (r *running) resultRegion(a *Array) *wire.Region {
	place := r.region(a.raw)
	if place == nil || place.Plugin {
		return place
	}
	for i, arg := range r.arrays {
		if p := r.places[i]; p.GetOffset() == place.Offset && p.GetLength() == place.Length && arg.typ == a.typ {
			arg.changed = true
			return p
		}
	}
	return nil
}

// region returns the place of b in shared memory, nil if it is elsewhere.
func (r *running) region(b []byte) *wire.Region {
	if offset, ok := r.s.own.Locate(b); ok {
		return &wire.Region{Plugin: true, Offset: uint64(offset), Length: uint64(len(b))}
	}
	if offset, ok := r.s.host.Locate(b); ok {
		return &wire.Region{Offset: uint64(offset), Length: uint64(len(b))}
	}
	return nil
}

// arrayOf makes an array of a slice of an element type, nil for all else.
func arrayOf(v any) *Array {
	switch v := v.(type) {
	case []int8:
		return NewArray(v)
	case []int16:
		return NewArray(v)
	case []int32:
		return NewArray(v)
	case []int64:
		return NewArray(v)
	case []uint8:
		return NewArray(v)
	case []uint16:
		return NewArray(v)
	case []uint32:
		return NewArray(v)
	case []uint64:
		return NewArray(v)
	case []float32:
		return NewArray(v)
	case []float64:
		return NewArray(v)
	case []complex64:
		return NewArray(v)
	case []complex128:
		return NewArray(v)
	case []bool:
		return NewArray(v)
	}
	return nil
}

// numberOf reads any integer or float. Integers that no Lua number holds are
// not numbers.
func numberOf(v any) (float64, bool) {
	x := reflect.ValueOf(v)
	switch {
	case x.CanFloat():
		return x.Float(), true
	case x.CanInt():
		return float64(x.Int()), x.Int() <= 1<<53 && x.Int() >= -(1<<53)
	case x.CanUint():
		return float64(x.Uint()), x.Uint() <= 1<<53
	}
	return math.NaN(), false
}
