// Command topk is a plugin for large values and order over ranks.
//
//   - allreduce_topk(array, k, comm) adds up the k largest entries (by
//     magnitude) of each rank's array: the sparse reduction of distributed
//     training. It gives the sum and what this rank held back.
//   - argsort_global(array, comm) sorts the arrays of all ranks as if they
//     were one: a sample sort. Each rank gets its part of the permutation and
//     of the sorted values.
//
// See docs/plugins.md.
package main

import "github.com/mpiclus/mpiclus-lua/plugins"

func main() { plugins.Serve(config) }

var config = plugins.Config{
	Name: "topk", Version: "1.0.0",
	Doc: "Sparse reductions and sorting over ranks.",
	Functions: []plugins.Function{
		{
			Name: "allreduce_topk", Args: "array, k", Communicates: true, Run: allreduceTopK,
			Doc: "Adds up the k largest entries of each rank's array; gives the sum and what was held back here.",
		},
		{
			Name: "argsort_global", Args: "array", Communicates: true, Run: argsortGlobal,
			Doc: "Sorts the arrays of all ranks as one; gives this rank's part of the indices (from 1) and of the values.",
		},
	},
}
