package luampi

import (
	"fmt"
	"math"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// topologyHooks are the checks of lists whose length MPI takes for granted: it
// reads on behind the end of one that is too short.
func (m *module) topologyHooks(hooks map[string]func(x *call)) {
	hooks["Graph_create"] = (*call).checkGraph
	hooks["Graph_map"] = (*call).checkGraph
	hooks["Dist_graph_create"] = func(x *call) {
		total := 0
		for _, n := range x.c.Ints(table.SlotX+3, int(int32(x.c.S[table.SlotX]))) {
			total += int(n)
		}
		if n := int(int32(x.c.S[table.SlotX+4])); n != total {
			x.arg(2, "%d destinations expected (the sum of the degrees), got %d", total, n)
		}
	}
	for _, name := range []string{"Cart_create", "Cart_map"} {
		hooks[name] = (*call).checkGrid
	}
	hooks["Group_translate_ranks"] = (*call).checkRanks
	hooks["Dims_create"] = (*call).checkDims
	hooks["Group_incl"] = (*call).checkDistinct
	hooks["Group_excl"] = (*call).checkDistinct
	hooks["Intercomm_create"] = (*call).checkRemote
	for _, name := range []string{"Comm_remote_size", "Comm_remote_group", "Intercomm_merge"} {
		hooks[name] = func(x *call) {
			if !x.comm.Inter {
				x.arg(len(x.row.Args)-1, "inter-communicator expected, got one of a single group")
			}
		}
	}
	hooks["Cart_rank"] = func(x *call) {
		x.perDimension(0, "coordinates")
		x.checkCoords()
	}
	hooks["Cart_shift"] = func(x *call) {
		direction := int(int32(x.c.S[table.SlotX]))
		if n, ok := x.asks("Cartdim_get"); ok && (direction < 0 || direction >= n) {
			x.arg(0, "direction %d is not in a grid of %d dimensions, which count from 0", direction, n)
		} else if ok {
			x.shortenShift(direction, n)
		}
	}
	hooks["Cart_sub"] = func(x *call) { x.perDimension(0, "entries") }
	for _, name := range []string{"Pack", "Pack_external"} {
		hooks[name] = func(x *call) {
			x.rawBytes(&x.recv)
			x.checkPosition(&x.recv)
		}
	}
	hooks["Pack_size"] = func(x *call) {
		if size, ok := x.asks("Type_size", x.c.S[table.SlotX+1]); ok && float64(size)*float64(int32(x.c.S[table.SlotX])) > math.MaxInt32 {
			x.arg(0, "so many elements take more than the %d bytes that a C int holds", math.MaxInt32)
		}
	}
	for _, name := range []string{"Unpack", "Unpack_external"} {
		hooks[name] = func(x *call) {
			x.rawBytes(&x.send)
			x.checkPosition(&x.send)
		}
	}
}

// checkGraph checks the index of a graph, which says how many edges are read.
func (x *call) checkGraph() {
	nodes, edges := int(int32(x.c.S[table.SlotX])), int(int32(x.c.S[table.SlotX+2]))
	if nodes == 0 && x.row.Name == "Graph_map" {
		x.arg(0, "a number for each node expected, got none")
	}
	before := int32(0)
	for k, n := range x.c.Ints(table.SlotX+1, nodes) {
		if n < before {
			x.arg(0, "entry %d (%d) is less than the one before (%d)", k+1, n, before)
		}
		before = n
	}
	if int(before) != edges {
		x.arg(1, "%d edges expected, as the index says, got %d", before, edges)
	}
	for k, n := range x.c.Ints(table.SlotX+3, edges) {
		if n < 0 || int(n) >= nodes {
			x.arg(1, "entry %d: node %d is not in a graph of %d", k+1, n, nodes)
		}
	}
}

// checkGrid checks the size of a grid: libraries do not check that it fits an int.
func (x *call) checkGrid() {
	dims := x.c.Ints(table.SlotX+1, int(int32(x.c.S[table.SlotX])))
	if n := product(dims); n > float64(x.comm.Size) {
		x.arg(0, "a grid of %.0f ranks does not fit into a communicator of %d", n, x.comm.Size)
	}
}

// checkRanks checks the ranks that are to be translated: libraries look them up
// in a table without checking how long it is.
func (x *call) checkRanks() {
	size, ok := x.groupSize()
	if !ok {
		return
	}
	for k, n := range x.c.Ints(table.SlotX+2, int(int32(x.c.S[table.SlotX+1]))) {
		if (n < 0 || int(n) >= size) && int(n) != x.m.limits.procNull {
			x.arg(1, "entry %d: rank %d is not in a group of %d", k+1, n, size)
		}
	}
}

// perDimension checks a list of one entry for each dimension of a grid.
func (x *call) perDimension(i int, what string) {
	want, ok := x.asks("Cartdim_get")
	if !ok {
		return
	}
	if n := int(int32(x.c.S[x.row.Args[i].Slot])); n != want {
		x.arg(i, "%d %s expected, one for each dimension, got %d", want, what, n)
	}
}

// checkDims checks that the lengths of a grid that are given leave some for others.
func (x *call) checkDims() {
	nodes := int(int32(x.c.S[table.SlotX]))
	dims := x.c.Ints(table.SlotX+2, int(int32(x.c.S[table.SlotX+1])))
	if len(dims) == 0 {
		x.arg(1, "a number for each dimension expected, 0 where MPI may choose, got none")
	}
	given, chosen := 1.0, false
	for _, n := range dims {
		if n == 0 {
			chosen = true
			continue
		}
		given *= float64(n)
	}
	switch {
	case !chosen && given != float64(nodes):
		x.arg(1, "%d nodes cannot be dealt out to a grid of %.0f: a length of 0 is one that MPI may choose", nodes, given)
	case given > float64(nodes) || nodes%int(given) != 0:
		x.arg(1, "%d nodes cannot be dealt out to a grid with %.0f in the lengths that are given", nodes, given)
	}
}

// shortenShift makes a displacement one within the dimension that comes to the same
// rank, if the grid is periodic there: Open MPI adds it to the coordinate in a C int,
// which a long one overflows.
func (x *call) shortenShift(direction, n int) {
	c := x.m.s.NewCall("Cart_get")
	defer c.Release()
	c.S[table.SlotComm] = x.comm.Handle
	if x.m.do(x.L, c) != nil {
		return // the call itself says what is wrong
	}
	length, by := c.Ints(table.SlotR, n)[direction], int32(x.c.S[table.SlotX+1])
	if c.Ints(table.SlotR+1, n)[direction] == 0 {
		by = max(-length, min(by, length)) // beyond the grid
	} else {
		by %= length
	}
	x.c.S[table.SlotX+1] = slot(int(by))
}

// checkCoords checks coordinates against the grid: a dimension that is not periodic
// has no others than its own.
func (x *call) checkCoords() {
	n := int(int32(x.c.S[table.SlotX]))
	c := x.m.s.NewCall("Cart_get")
	defer c.Release()
	c.S[table.SlotComm] = x.comm.Handle
	if n == 0 || x.m.do(x.L, c) != nil {
		return // the call itself says what is wrong
	}
	dims, periods := c.Ints(table.SlotR, n), c.Ints(table.SlotR+1, n)
	for k, at := range x.c.Ints(table.SlotX+1, n) {
		if periods[k] != 0 || at >= 0 && at < dims[k] {
			continue
		}
		may := "0"
		if dims[k] > 1 {
			may = fmt.Sprintf("0 to %d", dims[k]-1)
		}
		x.arg(0, "entry %d is %d: %s expected, since the dimension has a length of %d and is not periodic", k+1, at, may, dims[k])
	}
}

// checkPosition checks the place in the array that holds what is packed.
func (x *call) checkPosition(b *buffer) {
	for i := range x.row.Args {
		a := &x.row.Args[i]
		if a.Kind != table.Aint {
			continue
		}
		if at, n := int(int64(x.c.S[a.Slot])), len(b.arr.Bytes()); at > n {
			x.arg(i, "0 to %d expected, since the array has %d bytes, got %d", n, n, at)
		}
	}
}

// checkTopology checks that the communicator, which is argument i, has the topology
// that the call is about. Of one that has none, Open MPI takes it that no rank has
// neighbours.
func (x *call) checkTopology(i int) {
	maker := ""
	switch name := x.row.Name; {
	case x.ofNeighbours():
		if x.comm.In+x.comm.Out > 0 {
			return
		}
	case strings.HasPrefix(name, "Cart"):
		maker = "Cart"
	case strings.HasPrefix(name, "Graph"):
		maker = "Graph"
	case strings.HasPrefix(name, "Dist_graph"):
		maker = "Dist_graph"
	default:
		return
	}
	switch kind, ok := x.asks("Topo_test"); {
	case !ok: // the call itself says what is wrong
	case maker == "" && kind == x.m.limits.undefined:
		x.arg(i, "communicator with neighbours expected, as mpi.Cart_create, mpi.Graph_create and mpi.Dist_graph_create make it")
	case maker != "" && kind != mpi.Int(strings.ToUpper(maker)):
		x.arg(i, "communicator that mpi.%s_create has made expected", maker)
	}
}

// rawBytes checks the array that holds what is packed: how much room there is
// must not hang on a type.
func (x *call) rawBytes(b *buffer) {
	switch {
	case b.view && b == &x.recv:
		x.packed(x.argOf(table.SlotRecv), b.arr)
	case b.view:
		x.packed(x.argOf(table.SlotSend), b.arr)
	case b.derived && b == &x.recv:
		x.arg(x.argOf(table.SlotRecv), "array expected, without a type")
	case b.derived:
		x.arg(x.argOf(table.SlotSend), "array expected, without a type")
	}
}
