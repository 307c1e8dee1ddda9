package luampi

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// reader reads one argument of a call.
type reader struct {
	read func(x *call, i int)
	i    int
}

// inTurn has, for each line, the readers of its arguments in the order in which they are
// read. The communicator comes first, since others are checked against it, then the root,
// which decides what of the rest has a meaning here; arrays last, since counts decide on
// them. It is set by init, since readers make calls that are read themselves.
var inTurn [][]reader

func init() {
	turn := map[table.Kind]int{table.Comm: -2, table.Root: -1}
	for k := range table.Kinds {
		if k.IsArray() {
			turn[k] = 1
		}
	}
	inTurn = make([][]reader, len(table.Calls))
	for _, row := range table.Calls {
		kind := func(r reader) table.Kind { return row.Args[r.i].Kind }
		list := make([]reader, len(row.Args))
		for i := range row.Args {
			list[i] = reader{kinds[row.Args[i].Kind].read, i}
		}
		slices.SortStableFunc(list, func(a, b reader) int { return turn[kind(a)] - turn[kind(b)] })
		inTurn[row.Index] = list
	}
}

// read reads and checks all arguments of a call that begin at base into the slots of
// its frame. Of a method, comm is the communicator.
func (x *call) read(base int, comm *mpi.Comm) {
	x.assign(base, comm)
	x.comm = comm
	for _, argument := range inTurn[x.row.Index] {
		argument.read(x, argument.i)
	}
	if x.send.inPlace && x.c.S[table.SlotSend+2] == 0 { // libraries look at count and type all the same
		copy(x.c.S[table.SlotSend+1:table.SlotSend+3], x.c.S[table.SlotRecv+1:table.SlotRecv+3])
	}
	x.compareTypes()
	x.order()
	x.refuseOverlap()
	x.countRecords()
}

// push pushes the results of a call that is over, and reports how many.
func (x *call) push() int {
	n := 0
	for i := range x.row.Results {
		if v := kinds[x.row.Results[i].Kind].result(x, i); v != nil {
			x.L.Push(v)
			n++
		}
	}
	return n
}

// tooMany raises when a call is given more arguments than it takes.
func tooMany(L *lua.LState, row *table.Call) {
	noun := "arguments"
	if len(row.Args) == 1 {
		noun = "argument"
	}
	L.RaiseError("%s takes %d %s at most: %s", row.Name, len(row.Args), noun, row.Synopsis())
}

// assign gives each argument of the table its Lua value. An argument that may
// be missing is skipped when the value in its place is plainly meant for a
// later one. A communicator or window may stand first where the standard has
// it first.
func (x *call) assign(base int, comm *mpi.Comm) {
	L, k := x.L, base
	led := -1
	if i := len(x.row.Args) - 1; i > 0 && comm == nil && x.row.Args[i].Leads {
		if v := L.Get(base); kinds[x.row.Args[i].Kind].leads(v) {
			led, x.at[i], x.pos[i] = i, v, 1
			k++
		}
	}
	for i := range x.row.Args {
		if i == led {
			continue
		}
		a := &x.row.Args[i]
		v := L.Get(k)
		x.pos[i] = k - base + 1
		if skips := kinds[a.Kind].skips; v != lua.LNil && skips != nil && skips(x, a, v) || v == lua.LNil && a.Kind.IsArray() && x.leftOut(a, k) || comm != nil && a.Kind == table.Comm {
			x.at[i] = lua.LNil
			continue
		}
		x.at[i] = v
		k++
	}
	if top := L.GetTop(); k <= top && top >= base && L.Get(top) != lua.LNil {
		row := x.row
		x.end()
		tooMany(L, row)
	}
}

// leftOut reports whether an array that may be missing is left out, and not given as
// nil in its place: nothing follows it. What is missing next then has its number.
func (x *call) leftOut(a *table.Arg, k int) bool {
	if _, may := a.Missing(); !may {
		return false
	}
	for top := x.L.GetTop(); k <= top; k++ {
		if x.L.Get(k) != lua.LNil {
			return false
		}
	}
	return true
}
