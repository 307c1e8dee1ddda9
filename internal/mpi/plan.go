package mpi

// #include "engine.h"
import "C"

import "github.com/mpiclus/mpiclus-lua/internal/mpi/table"

// plan is what a line of the table means for a frame.
type plan struct {
	call, other, detach, adopt C.int
	blocks                     bool // without cancellable it sits in C
	otherwise                  C.int
	barrier                    C.int
}

// plans holds two for each line, the second of the non-blocking form.
var plans = func() []plan {
	list := make([]plan, 2*len(table.Calls))
	for _, row := range table.ByName {
		p := &list[planOf(row)]
		p.call = C.int(row.Index)
		switch {
		case row.Other:
			p.other, p.detach = 1, 1
		case row.Class == table.Coll:
			p.blocks, p.otherwise = true, 1
		case row.Class == table.Sync:
			p.blocks, p.barrier = true, 1
		}
		if row.MakesComm() && row.Class != table.Hand {
			p.adopt = 1
		}
	}
	return list
}()

func planOf(row *table.Call) int {
	if row.Other {
		return 2*row.Index + 1
	}
	return 2 * row.Index
}
