package value

import (
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// value reads one value.
func (d *decoder) value() (lua.LValue, error) {
	code, err := d.peek()
	if err != nil {
		return nil, err
	}
	switch tokenOf(code) {
	case tokenString:
		b, err := d.bytes()
		return lua.LString(b), err
	case tokenExt:
		id, data, err := d.ext()
		if err != nil {
			return nil, err
		}
		switch {
		case id == extNew && len(data) == 1:
			return d.mention(data[0])
		case id == extBack && len(data) == 4:
			return d.back(data)
		}
		return nil, malformed("byte %d: extension %d of %d bytes is no value", d.pos, id, len(data))
	}
	return d.scalar()
}

// mention reads a value that is met for the first time.
func (d *decoder) mention(kind byte) (v lua.LValue, err error) {
	switch kind {
	case kindString:
		b, err := d.nextBlob()
		return lua.LString(unsafe.String(unsafe.SliceData(b), len(b))), err
	case kindTable:
		v = &lua.LTable{Metatable: lua.LNil}
		d.items = append(d.items, v)
	case kindFunction:
		if d.m.Foreign {
			return nil, ErrForeign
		}
		v, err = d.newFunction()
		d.items = append(d.items, v)
	case kindName:
		v, err = d.name()
	case kindArray:
		v, err = d.array()
	case kindTraveller:
		v, err = d.traveller()
	case kindErrorMeta:
		v = luaerr.Metatable(d.L)
	default:
		err = malformed("byte %d: kind %d", d.pos, kind)
	}
	d.objects = append(d.objects, v)
	return v, err
}

// name reads the name of what a module holds. A message of data alone may name
// constants of modules that are loaded, and loads none.
func (d *decoder) name() (lua.LValue, error) {
	path, err := d.bytes()
	if err != nil {
		return nil, err
	}
	if !d.m.Foreign {
		return d.c.resolve(d.L, string(path))
	}
	if v, ok := d.c.Names.values[string(path)].(*lua.LUserData); ok {
		return v, nil
	}
	return nil, ErrForeign
}

func (d *decoder) nextBlob() ([]byte, error) {
	if d.blob >= len(d.m.Blobs) {
		return nil, malformed("blob %d of %d", d.blob+1, len(d.m.Blobs))
	}
	b := d.m.Blobs[d.blob]
	d.blob++
	return b, nil
}

var arrayTypes = len(array.Types())

func (d *decoder) array() (lua.LValue, error) {
	code, err := d.count()
	if err != nil {
		return nil, err
	}
	if code >= arrayTypes {
		return nil, malformed("array type %d", code)
	}
	t := array.Type(code)
	dims, n, err := d.shape()
	if err != nil {
		return nil, err
	}
	var raw []byte
	if n > 0 {
		if raw, err = d.nextBlob(); err != nil {
			return nil, err
		}
	}
	if n != len(raw)/t.Size() || len(raw)%t.Size() != 0 {
		return nil, malformed("%d elements of %s in %d bytes", n, t, len(raw))
	}
	if t == array.Bool {
		for _, b := range raw {
			if b > 1 {
				return nil, malformed("a boolean of value %d", b)
			}
		}
	}
	a, err := array.FromBytes(t, raw)
	if err == nil {
		a, err = a.Reshape(dims...)
	}
	if err != nil {
		return nil, malformed("%v", err)
	}
	return array.ToLua(d.L, a), nil
}

// shape reads the number of an array's dimensions and their lengths, and returns
// how many elements there are.
func (d *decoder) shape() (dims []int, n int, err error) {
	rank, err := d.count()
	if err != nil {
		return nil, 0, err
	}
	if rank < 1 || rank > array.MaxDims {
		return nil, 0, malformed("an array of %d dimensions", rank)
	}
	dims, n = make([]int, rank), 1
	for i := range dims {
		if dims[i], err = d.count(); err != nil {
			return nil, 0, err
		}
		if dims[i] > 0 && n > math.MaxInt/dims[i] {
			return nil, 0, malformed("an array of %v", dims)
		}
		n *= dims[i]
	}
	return dims, n, nil
}

func (d *decoder) traveller() (lua.LValue, error) {
	kind, err := d.bytes()
	if err != nil {
		return nil, err
	}
	data, err := d.bytes()
	if err != nil {
		return nil, err
	}
	decode := d.c.kinds[string(kind)]
	if string(kind) == array.TravelKind {
		decode = array.DecodeComplex
	}
	if decode == nil {
		return nil, luaerr.New(luaerr.Argument, "a value of kind '%s' came, which this process does not know", kind)
	}
	v, err := decode(d.L, append([]byte(nil), data...))
	if err != nil {
		return nil, err
	}
	if v == nil {
		v = lua.LNil
	}
	return v, nil
}

func (d *decoder) newFunction() (*lua.LFunction, error) {
	ref, err := d.count()
	if err != nil {
		return nil, err
	}
	index, err := d.count()
	if err != nil {
		return nil, err
	}
	if ref >= len(d.refs) {
		return nil, malformed("chunk %d of %d", ref, len(d.refs))
	}
	p := d.refs[ref].program
	if p == nil {
		if p, err = d.c.Chunks.use(d.refs[ref].hash); err != nil {
			return nil, err
		}
		d.refs[ref].program = p
	}
	if index >= len(p.protos) {
		return nil, malformed("function %d of a chunk of %d", index, len(p.protos))
	}
	fn := d.L.NewFunctionFromProto(p.protos[index])
	fn.Env = d.L.G.Global
	return fn, nil
}
