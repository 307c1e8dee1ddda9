package native

import (
	"errors"
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// call is the function whose text is translated: that of the loop, or one that
// is called inside of it.
type call struct {
	code   *code
	parent *call
	pc     int   // of the instruction that calls, in the parent
	base   place // of its first register
	fn     int   // among the values, or own
	nargs  int
	nret   int
	depth  int
}

// translator makes blocks of the bytecode of a loop, for the types of values that
// are there when it is made. It follows the text from where the loop begins; what
// an instruction cannot do with such values becomes a way out in front of it.
type translator struct {
	reader
	text
	first, last int // instructions of the loop

	known    map[source]int
	byText   map[blockKey]*block
	calls    map[callKey]*call
	codes    map[*lua.FunctionProto]*code
	captured map[*lua.Upvalue]place
	globals  map[string]place
	sources  map[place]source // of those that are no registers
	queue    []*block
	next     place

	// Where it is at work.
	now   *block
	c     *call
	s     *state
	at    int
	check int // the way out in front of this instruction, -1 if there is none yet
	ended bool
	tests int // instructions so far
}

// text is what a translator makes.
type text struct {
	values  []value
	blocks  []*block // from the one that begins
	ways    []way
	aliases []alias
	written [places]bool
	outside map[place]source // of places that are no registers
	inlined []*call
	// valuesRead are the values at the entry that it was made for.
	valuesRead []lua.LValue
}

// alias is a captured variable that the loop uses, and its place. Another entry
// must find them sharing what they share now.
type alias struct {
	base, index int
	place       place
}

type blockKey struct {
	c  *call
	pc int
}

type callKey struct {
	parent *call
	pc     int
}

// Limits of what is compiled as one loop.
const (
	mostBlocks = 600
	mostWays   = 1200
	mostSteps  = 6000
	mostDepth  = 4 // calls inside of each other
)

var errTooLong = errors.New("it is too long")

// translate makes the blocks of the loop that the instruction at pc of a frame
// repeats.
func translate(L *lua.LState, f *vm.Frame, c *code, pc int) (*text, error) {
	t := &translator{
		reader: reader{L: L, frame: f}, known: map[source]int{}, byText: map[blockKey]*block{}, calls: map[callKey]*call{},
		codes: map[*lua.FunctionProto]*code{c.proto: c}, captured: map[*lua.Upvalue]place{}, globals: map[string]place{},
		sources: map[place]source{}, next: registers,
	}
	t.first, t.last = c.extent(pc)
	root := &call{code: c, fn: own}
	begin := t.first
	if c.at(pc).op() == lua.OP_FORLOOP {
		begin = pc
	}
	s := new(state)
	for r := range 256 {
		if c.live[begin].has(r) {
			s[r].kind = entry
		}
	}
	for p := registers; p < places; p++ {
		s[p].kind = entry
	}
	t.c, t.s = root, s
	if _, err := t.follow(begin); err != nil {
		return nil, err
	}
	for len(t.queue) > 0 {
		b := t.queue[0]
		t.queue = t.queue[1:]
		if err := t.translateBlock(b); err != nil {
			return nil, err
		}
	}
	t.settle()
	t.outside, t.valuesRead = t.sources, t.read
	return &t.text, nil
}

// extent gives the first and the last instruction of the loop that one repeats.
func (c *code) extent(pc int) (first, last int) {
	first = pc + 1 + c.at(pc).jump()
	last = pc
	if c.at(pc).op() != lua.OP_JMP {
		return first, last
	}
	for n := pc + 1; n < len(c.proto.Code); n++ {
		if c.starts[n] && c.at(n).op() == lua.OP_JMP && n+1+c.at(n).jump() == first {
			last = n
		}
	}
	return first, last
}

func (t *translator) translateBlock(b *block) error {
	s := b.state
	t.now, t.c, t.s, t.at, t.ended = b, b.from, &s, b.pc, false
	for !t.ended {
		if t.tests++; t.tests > mostSteps || len(t.ways) > mostWays {
			return errTooLong
		}
		pc := t.at
		if pc != b.pc && t.c.code.leaders[pc] || t.isOutside(pc) {
			return t.jump(pc)
		}
		t.check, t.at = -1, pc+1
		if err := t.step(pc, t.c.code.at(pc)); err != nil {
			return err
		}
	}
	return nil
}

func (t *translator) isOutside(pc int) bool {
	return t.c.parent == nil && (pc < t.first || pc > t.last)
}

// jump ends the block with a way to an instruction.
func (t *translator) jump(pc int) (err error) {
	t.ended = true
	t.now.yes, err = t.follow(pc)
	return err
}

// branch ends the block with two ways.
func (t *translator) branch(test operand, yes, no int) (err error) {
	t.ended, t.now.decides, t.now.test = true, true, test
	if t.now.yes, err = t.follow(yes); err == nil {
		t.now.no, err = t.follow(no)
	}
	return err
}

// leave ends the block in front of the instruction at pc.
func (t *translator) leave(pc int, format string, args ...any) error {
	t.ended = true
	t.now.yes = edge{exit: t.way(pc, fmt.Sprintf(format, args...))}
	return nil
}

// way returns the number of a way out in front of an instruction.
func (t *translator) way(pc int, why string) int {
	t.ways = append(t.ways, way{from: t.c, pc: pc, state: *t.s, why: why})
	return len(t.ways) - 1
}

// guard returns the way out for an operation of the present instruction that may
// not be possible. It must not have changed anything yet.
func (t *translator) guard(why string) int {
	if t.check < 0 {
		t.check = t.way(t.at-1, why)
	}
	return t.check
}

// follow returns the edge to an instruction of the present call, with the state
// that is reached.
func (t *translator) follow(pc int) (edge, error) {
	for !t.isOutside(pc) && t.c.code.at(pc).op() == lua.OP_JMP && t.c.code.at(pc).jump() > 0 {
		pc += 1 + t.c.code.at(pc).jump()
	}
	if t.isOutside(pc) {
		return edge{exit: t.way(pc, "")}, nil
	}
	key := blockKey{t.c, pc}
	if b := t.byText[key]; b != nil {
		if p, ok := t.fits(&b.state); !ok {
			return edge{exit: t.way(pc, t.describe(p)+" changes its type")}, nil
		}
		return edge{to: b}, nil
	}
	if len(t.blocks) >= mostBlocks {
		return edge{}, errTooLong
	}
	b := &block{from: t.c, pc: pc, state: *t.s}
	live := t.c.live(pc)
	for p := range place(registers) {
		if b.state[p].kind != none && !live.has(p) {
			b.state[p] = typ{}
		}
	}
	t.byText[key] = b
	t.blocks = append(t.blocks, b)
	t.queue = append(t.queue, b)
	return edge{to: b}, nil
}

// fits reports whether the present state has all that another asks for, and else
// a place that differs.
func (t *translator) fits(want *state) (place, bool) {
	for p := range place(places) {
		w, is := want[p], t.s[p]
		if w.kind == none || w == is {
			continue
		}
		needs := t.resolved(p, w)
		if needs.kind != none && needs != t.resolved(p, is) { // a register that was empty is none of an outer variable
			return p, false
		}
	}
	return 0, true
}

// resolved gives the type of a place, where it may be that of the entry.
func (t *translator) resolved(p place, is typ) typ {
	if is.kind == entry {
		return t.entryType(p)
	}
	return is
}

// live returns the registers that are needed at an instruction of a call.
func (c *call) live(pc int) *needed {
	n := &needed{}
	n.sets[0], n.calls = c.code.live[pc], append(n.calls, c)
	for ; c.parent != nil; c = c.parent {
		after := c.parent.code.live[c.pc+1]
		var over set
		over.addAll(c.parent.code.at(c.pc).a(), 255)
		n.sets[len(n.calls)] = after.without(over)
		n.calls = append(n.calls, c.parent)
	}
	return n
}

// needed are the registers that a call and those around it need.
type needed struct {
	calls []*call
	sets  [mostDepth + 1]set
}

func (n *needed) has(p place) bool {
	for i, c := range n.calls {
		if r := int(p - c.base); r >= 0 && r < 256 && n.sets[i].has(r) {
			return true
		}
	}
	return p >= registers
}

// settle says of each way out what the interpreter must be told: the state of all
// places that the loop writes.
func (t *translator) settle() {
	for i := range t.ways {
		w := &t.ways[i]
		live := w.from.live(w.pc)
		for p := range place(places) {
			switch {
			case !t.written[p] || !live.has(p):
				w.state[p] = typ{}
			default:
				w.state[p] = t.resolved(p, w.state[p])
			}
		}
	}
}
