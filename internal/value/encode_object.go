package value

import (
	"encoding/binary"
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

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

// object writes what has an identity: its number if it was met before.
func (e *encoder) object(v lua.LValue, at via) error {
	id := identity(v)
	if n, ok := e.seen.find(id); ok {
		e.b = append(e.b, codeFixExt4, extBack)
		e.b = binary.LittleEndian.AppendUint32(e.b, uint32(n))
		return nil
	}
	e.seen.add(id)
	if path, ok := e.c.Names.paths[id]; ok {
		return e.name(path)
	}
	switch v := v.(type) {
	case *lua.LTable:
		switch {
		case v == e.L.G.Global:
			return e.name(globalsPath)
		case v == e.errorMetatable():
			e.mention(kindErrorMeta)
			return nil
		}
		e.mention(kindTable)
	case *lua.LFunction:
		if err := e.mentionFunction(v, at); err != nil {
			return err
		}
	case *lua.LUserData:
		return e.userdata(v, at)
	}
	e.items = append(e.items, item{v, at})
	return nil
}

func (e *encoder) errorMetatable() *lua.LTable {
	if e.errors == nil {
		e.errors = luaerr.Metatable(e.L)
	}
	return e.errors
}

var globalsPath = encodePath("_G")

func (e *encoder) name(path string) error {
	e.mention(kindName)
	return e.tokens.EncodeString(path)
}

func (e *encoder) mentionFunction(fn *lua.LFunction, at via) error {
	if fn.IsG {
		return &cannot{at, fn, "a Go function that no module holds"}
	}
	h, index, ok := e.c.Chunks.find(fn.Proto)
	if !ok {
		return &cannot{at, fn, "a function whose source is not known"}
	}
	ref := 0
	for ref < len(e.refs) && e.refs[ref].Hash != h {
		ref++
	}
	if ref == len(e.refs) {
		e.refs = append(e.refs, Ref{h, e.c.Self})
	}
	e.mention(kindFunction)
	e.count(ref)
	e.count(index)
	return nil
}

func (e *encoder) userdata(ud *lua.LUserData, at via) error {
	switch v := ud.Value.(type) {
	case *array.Array:
		if _, ok := array.To(ud); !ok {
			return &cannot{at, ud, "an array whose memory was taken back"}
		}
		e.mention(kindArray)
		e.count(int(v.Type()))
		dims := v.Shape()
		e.count(len(dims))
		for _, n := range dims {
			e.count(n)
		}
		if v.Len() > 0 {
			packed := v.Packed()
			raw := packed.Bytes()
			if packed == v && (e.copies || v.Leased()) {
				raw = copyBlob(raw)
			}
			e.blobs = append(e.blobs, raw)
		}
		return nil
	case Traveller:
		kind, data, err := v.Travel()
		if err != nil {
			return &cannot{at, ud, err.Error()}
		}
		e.mention(kindTraveller)
		if err := e.tokens.EncodeString(kind); err != nil {
			return err
		}
		if err := e.tokens.EncodeBytesLen(len(data)); err != nil {
			return err
		}
		e.b = append(e.b, data...)
		e.travellers = append(e.travellers, v)
		return nil
	}
	return &cannot{at, ud, ""}
}
