package value

import (
	"encoding/binary"
	"math"
	"sync"
	"unsafe"

	"github.com/vmihailenco/msgpack/v5"
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Missing lists the chunks that Decode will need and this process lacks: to
// be fetched from their Home and given to Chunks.Add before Decode. Those
// that are here stay until m is decoded. It needs no interpreter.
func (c *Codec) Missing(m *Message) []Ref {
	at, err := openBody(m.Body)
	if err != nil || at == len(m.Body) || m.Body[at] == 0 {
		return nil
	}
	d := decoders.Get().(*decoder)
	defer d.release()
	d.reset(m.Body, at)
	var missing []Ref
	_, err = d.eachRef(func(ref Ref) {
		if !c.Chunks.hold(ref.Hash, m) {
			missing = append(missing, ref)
		}
	})
	if err != nil {
		return nil // Decode will say so
	}
	return missing
}

// Decode gives the values of a message. It takes over the blobs as memory of
// arrays and strings, so a message is decoded once (Clone it for more). A
// message that was damaged gives an error that wraps ErrMalformed; a name
// that this process does not know gives an error with that name. What Decode
// allocates is bounded by the size of the message, holes in lists aside
// (2^24 at most).
func (c *Codec) Decode(L *lua.LState, m *Message) ([]lua.LValue, error) {
	d := decoders.Get().(*decoder)
	defer d.release()
	d.c, d.L, d.m, d.holes = c, L, m, c.maxHoles()
	vs, err := d.values()
	m.held = nil
	return vs, err
}

// decoder is the state of one Decode.
type decoder struct {
	source
	c       *Codec
	L       *lua.LState
	m       *Message
	refs    []chunkRef
	objects []lua.LValue // what has a number
	items   []lua.LValue // tables and functions whose content follows
	upvals  []*lua.Upvalue
	blob    int // the next
	holes   int // that lists may still have
	keys    map[string]lua.LValue
}

// chunkRef is a chunk that the message needs, and its functions once one was
// needed.
type chunkRef struct {
	hash    Hash
	program *program
}

var decoders = sync.Pool{New: func() any {
	d := &decoder{}
	d.dec = msgpack.NewDecoder(&d.reader)
	return d
}}

// release lets go of everything but scratch memory.
func (d *decoder) release() {
	clear(d.refs)
	clear(d.objects)
	clear(d.items)
	clear(d.upvals)
	kept := decoder{source: d.source, refs: d.refs[:0]}
	kept.b = nil
	if cap(d.objects) <= keptScratch {
		kept.objects, kept.items, kept.upvals = d.objects[:0], d.items[:0], d.upvals[:0]
	}
	*d = kept
	decoders.Put(d)
}

func (d *decoder) values() ([]lua.LValue, error) {
	refsAt, err := openBody(d.m.Body)
	if err != nil {
		return nil, err
	}
	d.reset(d.m.Body, refsAt)
	if _, err = d.eachRef(func(r Ref) { d.refs = append(d.refs, chunkRef{hash: r.Hash}) }); err != nil {
		return nil, err
	}
	if d.left() > 0 {
		return nil, malformed("%d bytes too many", d.left())
	}
	d.reset(d.m.Body[:refsAt], headLength)
	n, err := d.count()
	if err != nil {
		return nil, err
	}
	if n > d.left() {
		return nil, malformed("%d values claimed in %d bytes", n, d.left())
	}
	vs := make([]lua.LValue, n)
	for i := range vs {
		if vs[i], err = d.value(); err != nil {
			return nil, err
		}
	}
	if err := d.contents(); err != nil {
		return nil, err
	}
	if d.left() > 0 || d.blob < len(d.m.Blobs) {
		return nil, malformed("%d bytes and %d blobs too many", d.left(), len(d.m.Blobs)-d.blob)
	}
	return vs, nil
}

func (d *decoder) contents() error {
	for i := 0; i < len(d.items); i++ {
		var err error
		switch v := d.items[i].(type) {
		case *lua.LTable:
			err = d.table(v)
		case *lua.LFunction:
			err = d.function(v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

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

func (d *decoder) back(data []byte) (lua.LValue, error) {
	n := binary.LittleEndian.Uint32(data)
	if uint64(n) >= uint64(len(d.objects)) {
		return nil, malformed("byte %d: value %d of %d", d.pos, n, len(d.objects))
	}
	return d.objects[n], nil
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
		v, err = d.newFunction()
		d.items = append(d.items, v)
	case kindName:
		var path []byte
		if path, err = d.bytes(); err == nil {
			v, err = d.c.resolve(d.L, string(path))
		}
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
	var shape [4]int // type, matrix, rows, columns
	for i := range shape {
		if i == 3 && shape[1] == 0 {
			break
		}
		var err error
		if shape[i], err = d.count(); err != nil {
			return nil, err
		}
	}
	if shape[0] >= arrayTypes {
		return nil, malformed("array type %d", shape[0])
	}
	t, matrix := array.Type(shape[0]), shape[1] == 1
	n, cols := shape[2], shape[3]
	if matrix {
		if n > 0 && cols > math.MaxInt/n {
			return nil, malformed("a matrix of %d x %d", n, cols)
		}
		n *= cols
	}
	var raw []byte
	if n > 0 {
		var err error
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
	if err == nil && matrix {
		a, err = a.Reshape(shape[2], cols)
	}
	if err != nil {
		return nil, malformed("%v", err)
	}
	return array.ToLua(d.L, a), nil
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
