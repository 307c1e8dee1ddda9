package value

import (
	"encoding/binary"
	"sync"

	"github.com/vmihailenco/msgpack/v5"
	lua "github.com/yuin/gopher-lua"
)

var encoders = sync.Pool{New: func() any {
	e := &encoder{}
	e.tokens = msgpack.NewEncoder(&e.buffer)
	return e
}}

// encoder is the state of one Encode.
type encoder struct {
	c *Codec
	L *lua.LState
	buffer
	tokens     *msgpack.Encoder
	items      []item       // tables and functions, in the order met
	seen       identities   // what got a number
	upvals     identities   // captured variables
	blobs      [][]byte     // of the message
	refs       []Ref        // chunks that functions are from
	travellers []Traveller  // that were met
	copies     bool         // the blobs are to be copies of arrays
	errors     *lua.LTable  // the metatable of errors, when asked for
	holes      int          // that lists may still have
	lenient    bool         // what cannot travel is left out
	missing    []string     // what was left out, with the reason
	pairs      []lua.LValue // scratch: keys and values of a table
}

// item is a table or function whose content is to be written, and how it was
// reached.
type item struct {
	v   lua.LValue
	via via
}

// via is how a value was reached: from which item, by which step.
type via struct {
	from int // index of the item, or -1 for a value of the call
	kind viaKind
	i    int        // list index, captured variable, number of the value
	key  lua.LValue // of a table
}

type viaKind uint8

const (
	viaValue     viaKind = iota // a value of the call
	viaIndex                    // a list entry
	viaKey                      // an entry of a table
	viaAsKey                    // a key of a table
	viaMetatable                //
	viaUpvalue                  // a captured variable
	viaEnv                      // the environment of a function
)

// message finishes the body and hands everything out.
func (e *encoder) message() *Message {
	e.b[0] = version
	binary.LittleEndian.PutUint64(e.b[1:], uint64(len(e.b)))
	e.count(len(e.refs))
	for i := range e.refs {
		_ = e.tokens.EncodeBytes(e.refs[i].Hash[:])
		_ = e.tokens.EncodeInt(int64(e.refs[i].Home))
	}
	m := &Message{}
	if len(e.b) <= keptBuffer {
		m.Body = append(make([]byte, 0, len(e.b)+roomAfter), e.b...)
	} else {
		m.Body, e.b = e.b, nil
	}
	if len(e.blobs) > 0 {
		m.Blobs = append(m.Blobs, e.blobs...)
	}
	m.Travellers, e.travellers = e.travellers, nil
	return m
}

// reset lets go of everything but the scratch memory.
func (e *encoder) reset() {
	clear(e.items)
	clear(e.blobs)
	clear(e.pairs[:cap(e.pairs)])
	if cap(e.items) > keptScratch {
		e.items = nil
	}
	if cap(e.pairs) > keptScratch {
		e.pairs = nil
	}
	e.seen.reset()
	e.upvals.reset()
	e.c, e.L, e.errors, e.copies, e.travellers = nil, nil, nil, false, nil
	e.lenient, e.missing = false, nil
	e.b, e.items, e.blobs, e.refs, e.pairs = e.b[:0], e.items[:0], e.blobs[:0], e.refs[:0], e.pairs[:0]
}

func (e *encoder) count(n int) {
	if n <= 0x7f {
		e.b = append(e.b, byte(n))
		return
	}
	_ = e.tokens.EncodeUint(uint64(n))
}

func (e *encoder) mention(kind byte) { e.b = append(e.b, codeFixExt1, extNew, kind) }
