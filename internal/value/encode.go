package value

import (
	"encoding/binary"
	"math"
	"sync"
	"unsafe"

	"github.com/vmihailenco/msgpack/v5"
	lua "github.com/yuin/gopher-lua"
)

// Encode makes a message of values. The blobs alias live array memory: send
// them before the script runs on, or Detach.
//
// A value that cannot travel gives an argument error like
//
//	cannot send job.lua:12 function 'f': captured variable 'co' is a coroutine
//	cannot send argument 2: field handlers[3] is a coroutine
//
// in which what names the values: "the result" stands for "the result" where
// there is one and for "result 2" where there are more; "the chunk, argument"
// for "the chunk", "argument 1", "argument 2".
func (c *Codec) Encode(L *lua.LState, what string, vs ...lua.LValue) (*Message, error) {
	e := encoders.Get().(*encoder)
	e.c, e.L, e.holes = c, L, c.maxHoles()
	m, err := e.encode(what, vs)
	e.reset()
	encoders.Put(e)
	return m, err
}

// Copy returns what Encode and Decode here would give: values for a call of a
// process to itself. Arrays are copied.
func (c *Codec) Copy(L *lua.LState, what string, vs ...lua.LValue) ([]lua.LValue, error) {
	if scalars(vs) {
		return append([]lua.LValue(nil), vs...), nil
	}
	e := encoders.Get().(*encoder)
	e.c, e.L, e.holes, e.copies = c, L, c.maxHoles(), true
	m, err := e.encode(what, vs)
	e.reset()
	encoders.Put(e)
	if err != nil {
		return nil, err
	}
	return c.Decode(L, m)
}

// EncodeRest is Encode of one value where what cannot travel is left out: it
// arrives as nil. missing says what that is, a line for each,
//
//	field value.co is a coroutine
//
// and is empty when all of it travels.
func (c *Codec) EncodeRest(L *lua.LState, v lua.LValue) (m *Message, missing []string, err error) {
	e := encoders.Get().(*encoder)
	e.c, e.L, e.holes, e.lenient = c, L, c.maxHoles(), true
	m, err = e.encode("", []lua.LValue{v})
	missing = e.missing
	e.reset()
	encoders.Put(e)
	return m, missing, err
}

func scalars(vs []lua.LValue) bool {
	for _, v := range vs {
		switch v.(type) {
		case lua.LNumber, lua.LString, lua.LBool, *lua.LNilType:
		default:
			return false
		}
	}
	return true
}

func (e *encoder) encode(what string, vs []lua.LValue) (*Message, error) {
	if err := e.values(vs); err != nil {
		return nil, e.explain(what, len(vs), err)
	}
	return e.message(), nil
}

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

func (e *encoder) values(vs []lua.LValue) error {
	var head [headLength]byte
	e.b = append(e.b, head[:]...)
	e.count(len(vs))
	for i, v := range vs {
		if err := e.value(v, via{from: -1, kind: viaValue, i: i}); err != nil {
			return err
		}
	}
	for k := 0; k < len(e.items); k++ {
		var err error
		switch v := e.items[k].v.(type) {
		case *lua.LTable:
			err = e.table(k, v)
		case *lua.LFunction:
			err = e.function(k, v)
		}
		if err != nil {
			return err
		}
	}
	return nil
}

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

// value writes one value; a table's or function's content follows later.
func (e *encoder) value(v lua.LValue, at via) error {
	switch v := v.(type) {
	case nil, *lua.LNilType:
		e.b = append(e.b, codeNil)
		return nil
	case lua.LBool:
		if v {
			e.b = append(e.b, codeTrue)
		} else {
			e.b = append(e.b, codeFalse)
		}
		return nil
	case lua.LNumber:
		e.number(float64(v))
		return nil
	case lua.LString:
		return e.text(string(v))
	case *lua.LTable, *lua.LFunction, *lua.LUserData:
		return e.leaveOut(e.object(v, at))
	}
	return e.leaveOut(&cannot{at, v, ""})
}

// leaveOut returns the error of a value that cannot travel, of which nothing has
// been written. Where such values are left out it writes nil instead.
func (e *encoder) leaveOut(err error) error {
	c, ok := err.(*cannot)
	if !ok || !e.lenient {
		return err
	}
	e.seen.drop(identity(c.v))
	e.miss(c)
	e.b = append(e.b, codeNil)
	return nil
}

// miss notes a value that is left out.
func (e *encoder) miss(c *cannot) {
	subject, path := e.path(c.at)
	switch {
	case subject != "" && path != "":
		subject += ": " + path
	case subject == "":
		subject = path
	}
	if subject == "" {
		subject = "it"
	}
	e.missing = append(e.missing, subject+" is "+c.reason())
}

// number writes whole numbers short, all others bit for bit.
func (e *encoder) number(f float64) {
	if n := int64(f); float64(n) == f && n > -1<<53 && n < 1<<53 && (n != 0 || !math.Signbit(f)) {
		if n >= 0 && n <= 0x7f {
			e.b = append(e.b, byte(n))
			return
		}
		_ = e.tokens.EncodeInt(n)
		return
	}
	e.b = append(e.b, codeDouble)
	e.b = binary.BigEndian.AppendUint64(e.b, math.Float64bits(f))
}

func (e *encoder) text(s string) error {
	if len(s) < 32 {
		e.b = append(e.b, codeShort|byte(len(s)))
		e.b = append(e.b, s...)
		return nil
	}
	if len(s) < blobString {
		return e.tokens.EncodeString(s)
	}
	e.mention(kindString)
	e.blobs = append(e.blobs, unsafe.Slice(unsafe.StringData(s), len(s)))
	return nil
}

func (e *encoder) mention(kind byte) { e.b = append(e.b, codeFixExt1, extNew, kind) }
