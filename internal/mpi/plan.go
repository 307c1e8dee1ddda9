package mpi

// #include "engine.h"
import "C"

import (
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// plan is what a line of the table means for a frame.
type plan struct {
	frame     C.mpiclus_plan
	blocks    bool // without cancellable it sits in C
	otherwise C.int
	barrier   C.int
	persists  bool // it makes a request that starts again and again
}

// plans holds two for each line, the second of the non-blocking form.
var plans = func() []plan {
	list := make([]plan, 2*len(table.Calls))
	for _, row := range table.ByName {
		p := &list[planOf(row)]
		p.frame.call = C.int(row.Index)
		switch {
		case row.Other:
			p.frame.other, p.frame.detach = 1, 1
		case row.Class == table.Start:
			p.frame.detach = 1
			p.blocks = row.Takes(table.File) // which does all of it, with the disk, at once
		case row.Class == table.Coll:
			p.blocks, p.otherwise = true, 1
		case row.Name == "Comm_create_group", // whose members alone are there: no barrier
			row.Class == table.Native:
			p.blocks = true
		case row.Class == table.Sync, row.MakesWin(), row.Name == "Win_free":
			p.blocks, p.barrier = true, 1
		}
		if row.MakesComm() && row.Class != table.Hand {
			p.frame.adopt = 1
		}
		p.tally(row)
	}
	return list
}()

// tally says how the call counts: as messages, as a collective of which all
// ranks can tell that each has begun it, or as one of which they cannot.
func (p *plan) tally(row *table.Call) {
	starts := row.Class == table.P2P || row.Class == table.Start
	if row.Takes(table.Comm, table.Message) {
		p.frame.talks = 1
	}
	if p.frame.talks != 0 || row.Takes(table.Comm1) || row.Name == "Cancel" || row.Name == "Start" {
		p.frame.bound = 1
	}
	switch {
	case strings.HasSuffix(row.Name, "_init"): // counts when it is started
		p.persists = true
	case row.Name == "Comm_create_group": // only some of the ranks call it
	case row.Name == "own_send" || row.Name == "own_isend": // the announcement, and what it announces
		p.frame.sends = 2
	case row.Takes(table.Win, table.File):
		p.frame.counts = C.MPICLUS_COUNTS_APART
	case starts && (row.Takes(table.Dest, table.Source) || row.Receives()):
		if row.Takes(table.Dest) {
			p.frame.sends = 1
		}
		if row.Receives() || row.Name == "own_recv" {
			p.frame.receives = 1
		}
	case row.Class == table.Coll || row.Class == table.Sync || row.Name == "Comm_idup":
		p.frame.counts = C.MPICLUS_COUNTS_TOGETHER
	case row.Class == table.Native || strings.HasPrefix(row.Name, "Win_"):
		p.frame.counts = C.MPICLUS_COUNTS_APART
	}
}

func planOf(row *table.Call) int {
	if row.Other {
		return 2*row.Index + 1
	}
	return 2 * row.Index
}
