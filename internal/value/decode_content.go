package value

import (
	"encoding/binary"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// table reads the content of t.
func (d *decoder) table(t *lua.LTable) error {
	var head [3]int
	for i := range head {
		var err error
		if head[i], err = d.count(); err != nil {
			return err
		}
	}
	n, holes, pairs := head[0], head[1], head[2]
	switch {
	case n >= lua.MaxArrayIndex, n < holes, holes > d.holes, n-holes > d.left(), pairs > d.left()/2:
		return malformed("byte %d: a table of %d slots (%d empty) and %d pairs in %d bytes", d.pos, n, holes, pairs, d.left())
	}
	d.holes -= holes
	// Room is made for what most tables have, and for what the bytes at hand
	// make likely; a claim alone is worth no more.
	*t = *d.L.CreateTable(min(n, roomFor+d.left()/2), min(pairs, roomFor))
	if err := d.list(t, n); err != nil {
		return err
	}
	for range pairs {
		if err := d.pair(t); err != nil {
			return err
		}
	}
	meta, err := d.value()
	if err != nil {
		return err
	}
	if _, ok := meta.(*lua.LTable); !ok && meta != lua.LNil {
		return malformed("byte %d: a metatable that is a %s", d.pos, meta.Type())
	}
	t.Metatable = meta
	return nil
}

// roomFor is the number of entries for which a table is made at once.
const roomFor = 1 << 16

// list reads the n slots of a table's list part.
func (d *decoder) list(t *lua.LTable, n int) error {
	for i := 1; i <= n; {
		code, err := d.peek()
		if err != nil {
			return err
		}
		if tokenOf(code) == tokenExt {
			if i, err = d.listExt(t, i, n); err != nil {
				return err
			}
			continue
		}
		v, err := d.value()
		if err != nil {
			return err
		}
		vm.AddPlaces(t, 1)[0] = v
		i++
	}
	return nil
}

// listExt reads an extension in a list: a run of numbers or nils, or a value
// with an identity. It returns the next slot.
func (d *decoder) listExt(t *lua.LTable, i, n int) (int, error) {
	at := d.pos
	id, data, err := d.ext()
	if err != nil {
		return 0, err
	}
	switch {
	case id == extNumbers && len(data)%8 == 0 && len(data)/8 <= n-i+1:
		run := vm.AddPlaces(t, len(data)/8)
		boxNumbers(data, run)
		return i + len(run), nil
	case id == extHoles && len(data) == 4 && uint64(binary.LittleEndian.Uint32(data)) <= uint64(n-i+1):
		run := vm.AddPlaces(t, int(binary.LittleEndian.Uint32(data)))
		for k := range run {
			run[k] = lua.LNil
		}
		return i + len(run), nil
	case id == extNumbers || id == extHoles:
		return 0, malformed("byte %d: a run in a list that does not fit", at)
	}
	d.pos = at
	v, err := d.value()
	if err != nil {
		return 0, err
	}
	vm.AddPlaces(t, 1)[0] = v
	return i + 1, nil
}

// pair reads a key and its value.
func (d *decoder) pair(t *lua.LTable) error {
	k, err := d.key()
	if err != nil {
		return err
	}
	v, err := d.value()
	if err != nil {
		return err
	}
	vm.RawSet(t, k, v)
	return nil
}

// key reads a key. The same strings come again and again in lists of records,
// so they are kept.
func (d *decoder) key() (lua.LValue, error) {
	code, err := d.peek()
	if err != nil {
		return nil, err
	}
	if tokenOf(code) != tokenString {
		at := d.pos
		k, err := d.value()
		if f, ok := k.(lua.LNumber); err == nil && (k == lua.LNil || ok && f != f) {
			err = malformed("byte %d: a key that is nil or no number", at)
		}
		return k, err
	}
	b, err := d.bytes()
	if err != nil {
		return nil, err
	}
	if k, ok := d.keys[string(b)]; ok {
		return k, nil
	}
	k := lua.LString(b)
	if len(d.items) > fewTables && len(d.keys) < keptKeys && len(b) <= shortKey {
		if d.keys == nil {
			d.keys = map[string]lua.LValue{}
		}
		d.keys[string(k)] = k
	}
	return k, nil
}

const (
	fewTables = 4
	keptKeys  = 1024
	shortKey  = 64
)

// function reads the content of fn.
func (d *decoder) function(fn *lua.LFunction) error {
	env, err := d.value()
	if err != nil {
		return err
	}
	switch env := env.(type) {
	case *lua.LTable:
		fn.Env = env
	case *lua.LNilType:
	default:
		return malformed("byte %d: an environment that is a %s", d.pos, env.Type())
	}
	for i := range fn.Upvalues {
		n, err := d.count()
		if err != nil {
			return err
		}
		if n > len(d.upvals) {
			return malformed("byte %d: captured variable %d of %d", d.pos, n, len(d.upvals))
		}
		if n > 0 {
			fn.Upvalues[i] = d.upvals[n-1]
			continue
		}
		uv := &lua.Upvalue{}
		uv.Close()
		uv.SetValue(lua.LNil)
		d.upvals = append(d.upvals, uv)
		fn.Upvalues[i] = uv
		v, err := d.value()
		if err != nil {
			return err
		}
		uv.SetValue(v)
	}
	return nil
}
