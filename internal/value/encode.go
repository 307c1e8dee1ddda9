package value

import lua "github.com/yuin/gopher-lua"

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
