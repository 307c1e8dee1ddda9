package native

import "github.com/mpiclus/mpiclus-lua/internal/array"

// A loop between bytecode and machine code is a graph of blocks. What it computes
// lives in variables of two types: numbers, which are float64, and booleans. Other
// values do not change while it runs: they are among what was read at its entry.

// operand is what an operation takes: a constant, or a variable.
type operand struct {
	constant bool
	value    float64 // of a constant
	at       variable
}

// variable is the number or the boolean of a place, or a number that was read at
// the entry and has no place: a field of a table.
type variable struct {
	place place
	entry int // of what was read, from 1; 0 for a place
	truth bool
}

type opcode uint8

const (
	opMove opcode = iota
	opAdd
	opSub
	opMul
	opDiv
	opMod
	opNeg
	opSqrt // of a number that may be negative
	opRoot // x ^ 0.5
	opFloor
	opCeil
	opAbs
	opLess // booleans from here to opNot
	opLessEqual
	opEqual
	opSame // of booleans
	opPick // x if test, else y, of booleans
	opNot
	opMost  // the greater one, as math.max
	opLeast // as math.min
	opCall  // of the Go function name
	opLoad
	opStore
	opLength
	opDraw // of math.random(n): x*n, rounded down, + 1
	opSize // leaves the loop where math.random(n) has no such n
)

// operation is one step of a block.
type operation struct {
	op    opcode
	to    variable
	x, y  operand
	test  variable   // of opPick
	array int        // entry value, of opLoad, opStore and opLength
	typ   array.Type // of its elements
	name  string
	exit  int // where the loop is left if this cannot be carried out
}

// edge is the way on from a block: to another one, or out of the loop.
type edge struct {
	to   *block
	exit int // if to is nil
}

// block is a run of operations that ends in a decision.
type block struct {
	from  *call
	pc    int
	state state
	ops   []operation
	// fuel, if it is more than 0, is burnt at the end, or at the beginning of a
	// numeric for statement; exit is where to leave when none is left.
	fuel, exit int
	before     bool // burn it in front of the operations

	decides bool // whether test chooses between the edges
	test    operand
	yes, no edge // without a test yes is the way

	order   int // in reverse postorder
	parent  *block
	inside  []*block // those that it dominates next
	merges  bool     // more than one way forward leads here
	repeats bool     // a way back leads here
}

// way is a place in the text where the loop can be left.
type way struct {
	from  *call
	pc    int
	state state
	why   string // "" at an end of the loop that is in its nature
}
