package value

import (
	"encoding/binary"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
	lua "github.com/yuin/gopher-lua"
)

// Missing lists the chunks that Decode will need and this process lacks: to
// be fetched from their Home and given to Chunks.Add before Decode. Those
// that are here stay until m is decoded. It needs no interpreter.
func (c *Codec) Missing(m *Message) []Ref {
	if m.Foreign {
		return nil
	}
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
