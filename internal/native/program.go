package native

import (
	"context"
	"runtime"

	"github.com/tetratelabs/wazero/api"
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// program is a loop in machine code, for values of the types that it met when it
// was compiled. It belongs to one interpreter.
type program struct {
	instance
	run     api.Function
	window  *window
	values  []value
	aliases []alias
	outside map[place]source
	exits   []exit
	fns     []int // values that are functions of Lua which became a part of it
	tables  []int // and tables whose fields it reads
	depth   int   // calls inside of the loop
	full    int   // fuel at an entry
	reach   int   // registers, from the first of the loop's frame

	// For one entry at a time.
	entering
	reader reader
	arrays []*array.Array
	stack  []uint64
}

// exit is a way out of a program.
type exit struct {
	from  *call
	pc    int
	why   string
	back  []writeBack
	taken int
}

// writeBack is what the interpreter must be told of a place.
type writeBack struct {
	place  place
	is     typ
	result int // of the function, for a number or a boolean
}

// compile makes a program of the loop that the instruction at pc of a frame repeats.
// The error says why it cannot be one.
func compile(L *lua.LState, f *vm.Frame, c *code, pc int) (*program, error) {
	t, err := translate(L, f, c, pc)
	if err != nil {
		return nil, err
	}
	order, err := arrange(t.blocks[0])
	if err != nil {
		return nil, err
	}
	if !order[0].repeats {
		return nil, t.obstacle()
	}
	e := emit(t, order, wholeNumbers(t, order, t.valuesRead))
	p := &program{window: &window{}, values: t.values, aliases: t.aliases, outside: t.outside, full: fullFuel, entering: entering{Context: context.Background()}}
	if p.instance, err = theMachine.build(e, p.window); err != nil {
		turnOff(err)
		return nil, err
	}
	runtime.AddCleanup(p, instance.close, p.instance)
	p.run = p.module.ExportedFunction("run")
	p.prepare(t, e)
	return p, nil
}

// prepare says how to enter and leave the program.
func (p *program) prepare(t *text, e *emitter) {
	result := map[variable]int{}
	for i, v := range e.outputs {
		result[v] = i + 2
	}
	for _, w := range t.ways {
		x := exit{from: w.from, pc: w.pc, why: w.why}
		for at, is := range w.state {
			if is.kind != none {
				v := variable{place: place(at), truth: is.kind == truth}
				if result[v] == 0 && (is.kind == number || is.kind == truth) {
					panic("native: a place is not among the results")
				}
				x.back = append(x.back, writeBack{place: place(at), is: is, result: result[v]})
			}
		}
		p.exits = append(p.exits, x)
		p.reach = max(p.reach, int(w.from.base)+256)
		p.depth = max(p.depth, w.from.depth)
	}
	seen := map[int]bool{}
	for _, v := range t.values {
		if v.origin == fromField && !seen[v.base] {
			p.tables = append(p.tables, v.base)
			seen[v.base] = true
		}
		if f := v.class.intrinsic; f != nil && f.F0 != nil {
			p.draw = f.F0
		}
	}
	for _, c := range t.inlined {
		p.fns = append(p.fns, c.fn)
	}
	p.stack = make([]uint64, max(e.params, len(e.outputs)+2))
}

// enter runs the program in the place of a frame that is about to repeat the loop,
// until it is left, and reports how much fuel that took. The frame, or those of the
// calls inside of it, then stand where to go on. It is not entered if the values
// are not what it was made for.
func (p *program) enter(L *lua.LState, f *vm.Frame) (burnt int, entered bool) {
	p.reader = reader{L: L, frame: f, read: p.reader.read[:0]}
	defer p.forget()
	if !p.readValues() || !p.sharesAsBefore() || !vm.RoomFor(L, f.LocalBase+p.reach, p.depth) {
		return 0, false
	}
	if len(p.arrays) > 0 && !p.show() {
		return 0, false
	}
	if err := p.run.CallWithStack(&p.entering, p.stack); err != nil {
		turnOff(err)
		panic("native: a loop failed: " + err.Error())
	}
	if len(p.arrays) > 0 {
		p.window.hide(p.module, p.arrays)
	}
	burnt = p.full - int(int32(p.stack[1]))
	x := &p.exits[uint32(p.stack[0])]
	x.taken++
	p.leave(x)
	return burnt, true
}

// forget lets go of what was read.
func (p *program) forget() {
	clear(p.reader.read)
	clear(p.arrays)
	p.arrays = p.arrays[:0]
	p.reader.L, p.reader.frame = nil, nil
}

// readValues reads what the loop needs, and reports whether that is of the types
// that it was compiled for.
func (p *program) readValues() bool {
	at := 0
	for i := range p.values {
		want := &p.values[i]
		v := p.reader.value(&want.source)
		p.reader.read = append(p.reader.read, v)
		switch want.class.kind {
		case number:
			x, ok := v.(lua.LNumber)
			if !ok || want.whole && !isWhole(float64(x)) {
				return false
			}
			p.stack[at] = api.EncodeF64(float64(x))
			at++
		case truth:
			x, ok := v.(lua.LBool)
			if !ok {
				return false
			}
			p.stack[at] = 0
			if x {
				p.stack[at] = 1
			}
			at++
		case null:
			if v != lua.LNil {
				return false
			}
		default:
			if want.class.kind == object && want.origin != fromConstant && classify(v) != want.class {
				return false
			}
			if want.class.array {
				p.arrays = append(p.arrays, v.(*lua.LUserData).Value.(*array.Array))
				at += 2
			}
		}
	}
	for _, i := range p.tables {
		if p.reader.read[i] == p.reader.frame.Fn.Env {
			return false
		}
	}
	return true
}

// sharesAsBefore reports whether functions and captured variables are as distinct,
// or the same, as they were.
func (p *program) sharesAsBefore() bool {
	f := p.reader.frame
	for _, i := range p.fns {
		if p.reader.function(i).Env != f.Fn.Env {
			return false
		}
	}
	for i, a := range p.aliases {
		uv := p.reader.function(a.base).Upvalues[a.index]
		r, open := vm.OpenIn(p.reader.L, uv)
		open = open && r >= f.LocalBase
		if _, outside := p.outside[a.place]; outside == open || open && place(r-f.LocalBase) != a.place {
			return false
		}
		for _, b := range p.aliases[:i] {
			same := p.reader.function(b.base).Upvalues[b.index] == uv
			if same != (a.place == b.place) {
				return false
			}
		}
	}
	return true
}

// show has the loop see its arrays, and says where they are.
func (p *program) show() bool {
	shown := p.window.show
	if copying {
		shown = p.window.showCopies
	}
	if !shown(p.module, p.arrays) {
		return false
	}
	at, next := 0, 0
	offset := margin
	for i := range p.values {
		switch c := p.values[i].class; {
		case c.kind == number, c.kind == truth:
			at++
		case c.array:
			a := p.arrays[next]
			next++
			from, size := memoryOf(a)
			p.stack[at], p.stack[at+1] = 0, uint64(a.Len())
			if size > 0 {
				p.stack[at] = uint64(uintptr(from) - uintptr(p.window.at))
			}
			if copying {
				copy(p.window.copy[offset:], a.Bytes())
				p.stack[at] = uint64(offset)
				offset += (int(size)+15)&^15 + margin
			}
			at += 2
		}
	}
	return true
}

// leave puts the interpreter where the loop was left.
func (p *program) leave(x *exit) {
	L, f := p.reader.L, p.reader.frame
	base := f.LocalBase
	var chain [mostDepth]*call
	n := 0
	for c := x.from; c.parent != nil; c = c.parent {
		chain[n] = c
		n++
	}
	for n--; n >= 0; n-- {
		c := chain[n]
		f.Pc = c.pc + 1
		at := base + int(c.base) - 1
		vm.SetRegister(L, at, p.reader.read[c.fn])
		f = vm.PushFrame(L, at, c.nargs, c.nret)
	}
	f.Pc = x.pc
	for i := range x.back {
		w := &x.back[i]
		var v lua.LValue = lua.LNil
		switch w.is.kind {
		case number:
			v = vm.Boxed(L, api.DecodeF64(p.stack[w.result]))
		case truth:
			v = lua.LBool(uint32(p.stack[w.result]) != 0)
		case object:
			v = p.reader.read[w.is.of]
		}
		if w.place < registers {
			vm.SetRegister(L, base+int(w.place), v)
			continue
		}
		s := p.outside[w.place]
		if s.origin == fromGlobal {
			vm.SetField(p.reader.frame.Fn.Env, s.name, v)
		} else {
			p.reader.function(s.base).Upvalues[s.index].SetValue(v)
		}
	}
}
