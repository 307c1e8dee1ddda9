package luampi

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// A strided view of an array is an argument like any array. MPI gets one element of
// a derived type that has the view's elements, in their order, for its memory. Calls
// that cut an array in parts, or compute with its elements, need elements of their
// own: of a vector each is one, of a type that is as long as the step; other views
// are packed for such a call, and what came is put in its places after it.

// mostViewTypes is how many types of views are kept: a program that exchanges the
// faces of a block needs a dozen.
const mostViewTypes = 64

// viewTypes are the types of the views that calls had last. What falls out is
// garbage, and freed as any type is, when no call or request has it any more.
type viewTypes struct {
	byKey map[string]*lua.LUserData
	order []string // from the oldest
}

// viewBuffer makes a buffer of a strided array, of one element of a type for all.
func (x *call) viewBuffer(i int, a *array.Array) buffer {
	dims, steps := a.Shape(), a.Strides()
	for _, n := range dims {
		x.countFits(i, n)
	}
	key := viewKey("all", a.Type(), dims, steps)
	h := x.viewType(key, func() uint64 { return x.makeViewType(a.Type(), dims, steps) })
	b := x.viewOf(a, h)
	b.count, b.unit = 1, a.Len()
	from, to := a.Memory()
	at := uintptr(a.Start())
	size := a.Len() * a.Type().Size()
	b.layout = &layoutOf{extent: int(to - from), low: -int(at - from), end: int(to - at), size: size, content: b.content}
	return b
}

// steppedBuffer makes a buffer of a strided vector, an element of a type for each of
// its own. ok is false where that cannot be.
func (x *call) steppedBuffer(i int, a *array.Array) (b buffer, ok bool) {
	dims, steps := a.Shape(), a.Strides()
	if len(dims) != 1 || steps[0] < 1 {
		return b, false
	}
	x.countFits(i, dims[0])
	size := a.Type().Size()
	key := viewKey("each", a.Type(), nil, steps)
	h := x.viewType(key, func() uint64 {
		return x.makeType("Type_create_resized", x.m.types[a.Type()], 0, uint64(steps[0]*size))
	})
	b = x.viewOf(a, h)
	b.count, b.unit = dims[0], 1
	b.layout = &layoutOf{extent: steps[0] * size, end: size, size: size, content: b.content}
	return b, true
}

func (x *call) viewOf(a *array.Array, h *handle) buffer {
	x.keep = append(x.keep, h)
	return buffer{arr: a, address: a.Start(), typ: h.value, derived: true, view: true, content: content{of: a.Type(), known: true}}
}

// viewKey tells one type of views from another.
func viewKey(form string, t array.Type, dims, steps []int) string {
	return fmt.Sprint(form, t, dims, steps)
}

// viewType returns the type of a key, made when it is not kept any more.
func (x *call) viewType(key string, build func() uint64) *handle {
	v := &x.m.views
	if ud := v.byKey[key]; ud != nil {
		if h := ud.Value.(*handle); !h.freed {
			return h
		}
	}
	datatype := build()
	x.makeType("Type_commit", datatype)
	ud := x.m.handleObject("type", datatype).(*lua.LUserData)
	if v.byKey == nil {
		v.byKey = map[string]*lua.LUserData{}
	}
	if len(v.order) == mostViewTypes {
		delete(v.byKey, v.order[0])
		v.order = slices.Delete(v.order, 0, 1)
	}
	v.byKey[key], v.order = ud, append(v.order, key)
	return ud.Value.(*handle)
}

// makeViewType makes a type of all elements of a view: from the last dimension to the
// first, so many of the type before at a distance.
func (x *call) makeViewType(t array.Type, dims, steps []int) uint64 {
	size := t.Size()
	inner, made := x.m.types[t], false
	for d := len(dims) - 1; d >= 0; d-- {
		count, length := dims[d], 1
		if steps[d] == 1 && !made { // a run without gaps
			count, length = 1, dims[d]
		}
		next := x.makeType("Type_create_hvector", slot(count), slot(length), uint64(steps[d]*size), inner)
		if made {
			x.m.s.FreeLater("Type_free", inner)
		}
		inner, made = next, true
	}
	return inner
}

// makeType makes a type by a call with these arguments.
func (x *call) makeType(name string, in ...uint64) uint64 {
	c := x.m.s.NewCall(name)
	defer c.Release()
	copy(c.S[table.SlotX:], in)
	if err := x.m.do(x.L, c); err != nil {
		x.fail(err)
	}
	return c.S[table.SlotR]
}

// partBuffer reads an array of whose elements the call wants parts. What is sent may be
// a copy; what is received goes to its places when the call is over.
func (x *call) partBuffer(i int, v lua.LValue, receives bool) buffer {
	a, ok := array.To(v)
	if !ok || a.Contiguous() {
		return x.buffer(i, v)
	}
	if b, ok := x.steppedBuffer(i, a); ok {
		return b
	}
	return x.packedBuffer(i, a, receives)
}

// plainBuffer reads an array whose elements the call computes with.
func (x *call) plainBuffer(i int, v lua.LValue, receives bool) buffer {
	a, ok := array.To(v)
	if !ok || a.Contiguous() {
		return x.buffer(i, v)
	}
	return x.packedBuffer(i, a, receives)
}

// packedBuffer makes a buffer of a copy of a strided array. What a call receives there
// goes to the elements of the array when the call has succeeded.
func (x *call) packedBuffer(i int, a *array.Array, receives bool) buffer {
	own := a.Copy()
	b := x.arrayBuffer(i, own)
	if !receives {
		return b
	}
	if !x.ends() {
		x.arg(i, "the elements of the %s, a strided view, do not follow one another in memory, and %s is over before they have come: give a:copy()", a.Kind(), x.row.Name)
	}
	b.behind = a
	before := x.then
	x.then = func(err error) error {
		if before != nil {
			err = before(err)
		}
		if err == nil {
			a.SetBytes(own.Bytes())
		}
		return err
	}
	return b
}

// ends reports whether all that the call receives is there when it returns.
func (x *call) ends() bool {
	return x.row.Class != table.Start && !x.row.Other && !strings.HasSuffix(x.row.Name, "_init")
}

// ownCopy puts a copy of what the call sends into the slots of its send array, for a
// message that goes on its way when the script may have changed the array.
func (x *call) ownCopy(c *mpi.Call, b *buffer, count, datatype uint64) {
	if b.view {
		own := b.arr.Copy()
		c.S[table.SlotSend] = c.Hold(addressOf(own.Bytes()))
		c.S[table.SlotSend+1], c.S[table.SlotSend+2] = slot(own.Len()), x.m.types[own.Type()]
		return
	}
	own := append([]byte(nil), b.arr.Bytes()...)
	x.m.setBytes(c, table.SlotSend, own)
	c.S[table.SlotSend] += b.begin()
	c.S[table.SlotSend+1], c.S[table.SlotSend+2] = count, datatype
}
