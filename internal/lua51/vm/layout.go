package vm

import (
	"context"
	"fmt"
	"reflect"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// gopher-lua tells nobody what stands in a thread: which function runs, where
// its registers are, which captured variables still live there, what a table
// is made of. These are the shapes of all that, field by field as gopher-lua
// v1.1.2 has them. checkLayout compares them when the process starts.
type (
	// Frame is a call that is being carried out.
	Frame struct {
		Idx        int // how many calls are outside it
		Fn         *lua.LFunction
		Parent     *Frame
		Pc         int // of the next instruction
		Base       int // register of the function
		LocalBase  int // and of its first variable
		ReturnBase int // where the results go
		NArgs      int
		NRet       int // how many results the caller takes, or lua.MultRet
		TailCall   int
	}
	state struct {
		G            *lua.Global
		Parent       *state
		Env          *lua.LTable
		Panic        func(*state)
		Dead         bool
		Options      lua.Options
		stop         int32
		reg          *registry
		stack        struct{ kind, data unsafe.Pointer } // an interface
		alloc        *allocator
		currentFrame *Frame
		wrapped      bool
		uvcache      *upvalue
		hasErrorFunc bool
		mainLoop     func(*state, *Frame)
		ctx          context.Context
		ctxCancelFn  context.CancelFunc
	}
	registry struct {
		array   []lua.LValue
		top     int
		growBy  int //lint:ignore U1000 its place counts
		maxSize int
		alloc   *allocator //lint:ignore U1000 its place counts
	}
	upvalue struct {
		next   *upvalue
		reg    *registry
		index  int
		value  lua.LValue
		closed bool
	}
	allocator struct {
		size          int
		fptrs         []float64
		fheader       unsafe.Pointer
		scratchValue  lua.LValue
		scratchValueP unsafe.Pointer
	}
	table struct {
		Metatable lua.LValue
		array     []lua.LValue
		dict      map[lua.LValue]lua.LValue
		strdict   map[string]lua.LValue
		keys      []lua.LValue
		k2i       map[lua.LValue]int
	}
	// frames is the stack of a thread that grows (lua.Options.MinimizeStackMemory).
	frames struct {
		segments []*segment
		segIdx   uint16
		segSp    uint8
	}
	segment struct {
		array [lua.FramesPerSegment]Frame
	}
	debug struct {
		frame *Frame
	}
)

// of returns the inside of a thread.
func of(L *lua.LState) *state { return (*state)(unsafe.Pointer(L)) }

func (L *state) lua() *lua.LState { return (*lua.LState)(unsafe.Pointer(L)) }

func inside(t *lua.LTable) *table { return (*table)(unsafe.Pointer(t)) }

func (L *state) frames() *frames { return (*frames)(L.stack.data) }

//go:linkname jumpTable github.com/yuin/gopher-lua.jumpTable
var jumpTable [lua.OP_NOP + 1]func(L *state, code uint32, base *Frame) int

//go:linkname preloads github.com/yuin/gopher-lua.preloads
var preloads [128]lua.LValue

//go:linkname setRegister github.com/yuin/gopher-lua.(*registry).Set
func setRegister(r *registry, i int, v lua.LValue)

//go:linkname setTop github.com/yuin/gopher-lua.(*registry).SetTop
func setTop(r *registry, top int)

//go:linkname callFromGo github.com/yuin/gopher-lua.(*LState).callR
func callFromGo(L *state, nargs, nret, rbase int)

//go:linkname callNative github.com/yuin/gopher-lua.callGFunction
func callNative(L *state, tail bool) bool

func init() {
	if why := checkLayout(); why != "" {
		panic("lua51/vm: made for gopher-lua v1.1.2, and this one is another: " + why)
	}
}

// checkLayout reports what is different in the gopher-lua that the process is
// built with, "" if nothing is.
func checkLayout() string {
	L := reflect.TypeFor[lua.LState]()
	field := func(t reflect.Type, name string) reflect.Type {
		f, ok := t.FieldByName(name)
		if !ok {
			return nil
		}
		if f.Type.Kind() == reflect.Pointer {
			return f.Type.Elem()
		}
		return f.Type
	}
	for _, c := range []struct{ is, want reflect.Type }{
		{L, reflect.TypeFor[state]()},
		{field(L, "currentFrame"), reflect.TypeFor[Frame]()},
		{field(L, "reg"), reflect.TypeFor[registry]()},
		{field(L, "alloc"), reflect.TypeFor[allocator]()},
		{reflect.TypeFor[lua.Upvalue](), reflect.TypeFor[upvalue]()},
		{reflect.TypeFor[lua.LTable](), reflect.TypeFor[table]()},
		{reflect.TypeFor[lua.Debug](), reflect.TypeFor[debug]()},
	} {
		if why := differs(c.is, c.want); why != "" {
			return why
		}
	}
	return ""
}

// differs compares a struct with what it should begin with.
func differs(is, want reflect.Type) string {
	if is == nil || is.Kind() != reflect.Struct || is.NumField() < want.NumField() {
		return fmt.Sprintf("%v is no such struct as %v", is, want)
	}
	for i := range want.NumField() {
		f, w := is.Field(i), want.Field(i)
		if f.Name != w.Name || f.Offset != w.Offset || f.Type.Size() != w.Type.Size() || f.Type.Kind() != w.Type.Kind() && f.Type.Kind() != reflect.Interface && w.Type.Kind() != reflect.UnsafePointer {
			return fmt.Sprintf("%v.%s", is, f.Name)
		}
	}
	return ""
}
