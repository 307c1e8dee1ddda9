// Command stats is a plugin for statistics of data that is spread over ranks.
//
// Ops:
//
//   - moments merges records (n, mean, M2, M3) of float64: count, mean, and
//     the sums of the second and third powers of the deviations from it. Make
//     records with accumulate, read them with summary.
//   - logsumexp is log(exp(a) + exp(b)) without overflow.
//
// Functions: accumulate(array), summary(record), describe(array, quantiles,
// comm); see docs/plugins.md.
package main

import "github.com/mpiclus/mpiclus-lua/plugins"

func main() { plugins.Serve(config) }

var config = plugins.Config{
	Name: "stats", Version: "1.0.0",
	Doc: "Statistics of data that is spread over ranks.",
	Ops: []plugins.Op{
		{
			Name: "moments", Doc: "Merges records (n, mean, M2, M3).", Commutes: true, Record: recordLength,
			Combine: []plugins.Kernel{plugins.On(mergeRecords)},
		},
		{
			Name: "logsumexp", Doc: "log(exp(a) + exp(b)) without overflow.", Commutes: true,
			Combine: []plugins.Kernel{plugins.On(logSumExp[float64]), plugins.On(logSumExp[float32])},
		},
	},
	Functions: []plugins.Function{
		{Name: "accumulate", Args: "array", Doc: "Gives the record (n, mean, M2, M3) of an array.", Run: accumulate},
		{Name: "summary", Args: "record", Doc: "Gives n, mean, variance, std and skewness of a record.", Run: summary},
		{
			Name: "describe", Args: "array, quantiles", Communicates: true, Run: describe,
			Doc: "Gives n, mean, variance, std, skewness, min, max and quantiles of the data of all ranks.",
		},
	},
}
