// Package native runs hot loops of numbers as machine code, with the meaning that
// they have in the interpreter: results bit for bit, errors, lines, interrupts.
//
// It begins in front of the instruction that repeats a loop (vm.Loop), with the
// types that the values have then, and follows gopher-lua's bytecode from there
// (translator). What an instruction cannot do with values of such types, and
// whatever is no arithmetic, becomes a way out in front of it: native code writes
// the registers back and says where to go on, and the interpreter carries out that
// very instruction, with its errors, metamethods and calls. So nothing that a
// script can see is done here in another way than there.
//
// The blocks (ir.go) become a WebAssembly module (emitter), which wazero compiles
// to machine code without cgo. Arrays are used in place (window).
package native

import (
	"errors"
	"fmt"
	"log/slog"
	"math"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

func init() { vm.SetOffer(offer) }

// Enable turns native code on or off in this process.
func Enable(on bool) { vm.Offer(on && !broken.Load()) }

// Enabled reports whether loops become native code.
func Enabled() bool { return vm.Offering() }

// broken is set when native code cannot be made, or failed.
var broken atomic.Bool

// compiled counts the programs that were made.
var compiled atomic.Int64

// logger tells of that.
var logger atomic.Pointer[slog.Logger]

func turnOff(err error) {
	if broken.Swap(true) {
		return
	}
	vm.Offer(false)
	if log := logger.Load(); log != nil {
		log.Info("native: loops are interpreted, since there is no native code on this machine", "error", err)
	}
}

// copying has loops work on copies of arrays, which shows what they write beside
// them. It is for tests.
var copying bool

// hot is what is known of a loop that repeats often.
type hot struct {
	code     *code
	programs []*program
	waited   bool   // until its turns were enough
	tries    int    // that failed
	why      string // it is not, or no more, native
	entries  int
	burnt    int
}

const (
	// mostPrograms is for how many combinations of types a loop is compiled.
	mostPrograms = 4
	mostTries    = 4
	// A loop that was entered often and burnt less than leastBurnt each time is
	// given up.
	enoughEntries = 64
)

// Tests set these, to have all loops compiled and left early.
var (
	// worth is how many instructions must be run to pay for compiling a loop: it
	// takes about as long as to interpret these.
	worth = 30000
	// leastBurnt is how much takes as long to interpret as it takes to enter a loop.
	leastBurnt = 24
	// fullFuel is how much a loop may burn before it is left: native code cannot be
	// interrupted, and delays Go's collector.
	fullFuel = 1 << 20
)

// never is for a loop that is not offered again.
const never = math.MaxInt64

// offer takes a loop that is repeated.
func offer(L *lua.LState, f *vm.Frame, l *vm.Loop) bool {
	h, ok := l.State.(*hot)
	if !ok {
		h = &hot{}
		l.State = h
	}
	for _, p := range h.programs {
		if burnt, ok := p.enter(L, f); ok {
			h.count(burnt, l)
			return true
		}
	}
	if h.code == nil && len(l.Proto.Code) <= mostCode {
		h.code = newCode(l.Proto)
	}
	switch {
	case h.code == nil:
		l.Left = never
		h.why = errTooLong.Error()
		return false
	case !h.pays(L, f, l):
		return false
	}
	p, err := h.compile(L, f, l.Pc)
	if err != nil {
		h.fail(l, err)
		return false
	}
	h.programs, h.why = append(h.programs, p), ""
	compiled.Add(1)
	if burnt, ok := p.enter(L, f); ok {
		h.count(burnt, l)
		return true
	}
	l.Left = int64(worth / 10)
	return false
}

// compile is the function compile, where nothing panics.
func (h *hot) compile(L *lua.LState, f *vm.Frame, pc int) (p *program, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("the compiler has a defect: %v", r)
		}
	}()
	return compile(L, f, h.code, pc)
}

// pays reports whether to compile a loop now: when its text says that it goes on
// for long, or when it did.
func (h *hot) pays(L *lua.LState, f *vm.Frame, l *vm.Loop) bool {
	if len(h.programs) >= mostPrograms {
		h.why = "values change their types too often"
		l.Left = never
		return false
	}
	need := max(1, int64(worth/h.code.cost(l.Pc)))
	if h.waited && len(h.programs) == 0 || h.turns(L, f, l.Pc) >= float64(need) {
		return true
	}
	h.waited = true
	l.Left = need
	return false
}

// turns is how often a numeric for statement goes on, 0 for another loop.
func (h *hot) turns(L *lua.LState, f *vm.Frame, pc int) float64 {
	if h.code.at(pc).op() != lua.OP_FORLOOP {
		return 0
	}
	a := f.LocalBase + h.code.at(pc).a()
	r := vm.Registers(L)[a : a+3]
	i, ok1 := r[0].(lua.LNumber)
	limit, ok2 := r[1].(lua.LNumber)
	step, ok3 := r[2].(lua.LNumber)
	if !ok1 || !ok2 || !ok3 {
		return 0
	}
	return float64((limit - i) / step)
}

// cost estimates the instructions of one turn of a loop, where loops inside of it
// have ten turns.
func (c *code) cost(pc int) (n int) {
	first, last := c.extent(pc)
	depth := make([]int, last-first+2)
	for i := first; i <= last; i++ {
		if c.starts[i] && i != last && (c.at(i).op() == lua.OP_FORLOOP || c.at(i).op() == lua.OP_JMP) && c.at(i).jump() < 0 {
			for k := max(first, i+1+c.at(i).jump()); k <= i; k++ {
				depth[k-first]++
			}
		}
	}
	for _, d := range depth {
		n += []int{1, 10, 100, 1000}[min(d, 3)]
	}
	return n
}

func (h *hot) fail(l *vm.Loop, err error) {
	h.why = err.Error()
	h.tries++
	if h.tries >= mostTries || errors.Is(err, errTooLong) || errors.Is(err, errTangled) {
		l.Left = never
		return
	}
	l.Left = int64(worth / 10 << (2 * h.tries)) // values may be of other types then
}

// count notes an entry, and gives up a loop that is left too soon.
func (h *hot) count(burnt int, l *vm.Loop) {
	l.Left = 0
	h.entries++
	h.burnt += burnt
	if h.entries < enoughEntries || h.burnt/h.entries >= leastBurnt {
		return
	}
	h.why = "it is left too often: " + h.mostTaken()
	h.programs, l.Left = nil, never
}

// mostTaken says why a loop is left most often.
func (h *hot) mostTaken() string {
	why, taken := "it has few turns", 0
	for _, p := range h.programs {
		for _, x := range p.exits {
			if x.taken > taken && x.why != "" {
				why, taken = p.place(&x)+" "+x.why, x.taken
			}
		}
	}
	return why
}

func (p *program) place(x *exit) string { return where(x.from.code.proto, x.pc) }

// where names a line, "job.lua:14:".
func where(proto *lua.FunctionProto, pc int) string {
	return fmt.Sprintf("%s:%d:", proto.SourceName, proto.DbgSourcePositions[min(pc, len(proto.DbgSourcePositions)-1)])
}

// obstacle says why a loop is left on each turn.
func (t *text) obstacle() error {
	for _, w := range t.ways {
		if w.why != "" {
			return errors.New(where(w.from.code.proto, w.pc) + " " + w.why)
		}
	}
	return errors.New("it does not repeat")
}
