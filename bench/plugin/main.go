// Command plugin is the plugin that the benchmarks measure: an op that does
// what mpi.SUM does, and a function that does nothing.
package main

import "github.com/mpiclus/mpiclus-lua/plugins"

func main() {
	plugins.Serve(plugins.Config{
		Name: "bench", Version: "1.0.0",
		Ops: []plugins.Op{{
			Name: "plus", Commutes: true,
			Combine: []plugins.Kernel{plugins.On(func(in, inout []float64) error {
				for i, x := range in {
					inout[i] += x
				}
				return nil
			})},
		}},
		Functions: []plugins.Function{
			{Name: "nothing", Run: func(*plugins.Call) ([]any, error) { return nil, nil }},
			{Name: "barrier", Communicates: true, Run: func(c *plugins.Call) ([]any, error) { return nil, c.Comm().Barrier() }},
		},
	})
}
