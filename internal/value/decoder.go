package value

import (
	"encoding/binary"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
	lua "github.com/yuin/gopher-lua"
)

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

func (d *decoder) back(data []byte) (lua.LValue, error) {
	n := binary.LittleEndian.Uint32(data)
	if uint64(n) >= uint64(len(d.objects)) {
		return nil, malformed("byte %d: value %d of %d", d.pos, n, len(d.objects))
	}
	return d.objects[n], nil
}
