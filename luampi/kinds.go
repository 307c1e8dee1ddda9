package luampi

import (
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

var families = []family{
	numberKinds, textKinds, listKinds, typeKinds, arrayKinds, partKinds, reductionKinds,
	handleKinds, statusKinds,
}

// kinds has an entry for each kind: what those who run a call know of them.
var kinds = func() (all [table.Kinds]kind) {
	for _, f := range families {
		for k, entry := range f {
			all[k] = entry
		}
	}
	return all
}()
