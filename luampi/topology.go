package luampi

import "github.com/mpiclus/mpiclus-lua/internal/mpi/table"

// topologyHooks are the checks of lists whose length MPI takes for granted: it
// reads on behind the end of one that is too short.
func (m *module) topologyHooks(hooks map[string]func(x *call)) {
	hooks["Graph_create"] = (*call).checkGraph
	hooks["Graph_map"] = (*call).checkGraph
	hooks["Dist_graph_create"] = func(x *call) {
		total := 0
		for k, n := range x.c.Ints(table.SlotX+3, int(int32(x.c.S[table.SlotX]))) {
			if n < 0 {
				x.arg(1, "entry %d is negative (%d)", k+1, n)
			}
			total += int(n)
		}
		if n := int(int32(x.c.S[table.SlotX+4])); n != total {
			x.arg(2, "%d destinations expected (the sum of the degrees), got %d", total, n)
		}
	}
	hooks["Cart_rank"] = func(x *call) { x.perDimension(0, "coordinates") }
	hooks["Cart_sub"] = func(x *call) { x.perDimension(0, "entries") }
	for _, name := range []string{"Pack", "Pack_external"} {
		hooks[name] = func(x *call) { x.rawBytes(&x.recv) }
	}
	for _, name := range []string{"Unpack", "Unpack_external"} {
		hooks[name] = func(x *call) { x.rawBytes(&x.send) }
	}
}

// checkGraph checks the index of a graph, which says how many edges are read.
func (x *call) checkGraph() {
	nodes, edges := int(int32(x.c.S[table.SlotX])), int(int32(x.c.S[table.SlotX+2]))
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
}

// perDimension checks a list of one entry for each dimension of a grid.
func (x *call) perDimension(i int, what string) {
	c := x.m.s.NewCall("Cartdim_get")
	c.S[table.SlotComm] = x.comm.Handle
	err := x.m.do(x.L, c)
	want := c.Result(0)
	c.Release()
	if err != nil {
		return // the call itself says what is wrong
	}
	if n := int(int32(x.c.S[x.row.Args[i].Slot])); n != want {
		x.arg(i, "%d %s expected, one for each dimension, got %d", want, what, n)
	}
}

// rawBytes checks the array that holds what is packed: how much room there is
// must not hang on a type.
func (x *call) rawBytes(b *buffer) {
	if b.derived {
		for i := range x.row.Args {
			if k := x.row.Args[i].Kind; k == table.Recv && b == &x.recv || k == table.Send && b == &x.send {
				x.arg(i, "array expected, without a type")
			}
		}
	}
}
