package cluster_test

import (
	"fmt"
	"testing"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// BenchmarkScripts measures whole operations between a master and two workers
// of one process: sockets and all, but no MPI.
func BenchmarkScripts(b *testing.B) {
	for name, body := range map[string]string{
		"remotecall_fetch": `for i = 1, N do cluster.remotecall_fetch(f, 2, i) end`,
		"remotecall":       `for i = 1, N do cluster.fetch(cluster.remotecall(f, 2, i)) end`,
		"remote_do":        `for i = 1, N do cluster.remote_do(f, 2, i) end cluster.remotecall_fetch(f, 2)`,
		"channel":          `local ch = cluster.RemoteChannel(2, 10) for i = 1, N do ch:put(i) ch:take() end`,
		"pmap":             `local t = {} for i = 1, N do t[i] = i end cluster.pmap(f, t)`,
		"pmap in batches":  `local t = {} for i = 1, N do t[i] = i end cluster.pmap(f, t, { batch_size = "auto" })`,
		"echo of 8 MB":     `local a = require "array".zeros(1e6) for i = 1, N do cluster.remotecall_fetch(f, 2, a) end`,
	} {
		b.Run(name, func(b *testing.B) {
			c := testkit.New(b, host.Config{})
			head := `cluster = require "cluster" cluster.addprocs(cluster.MPIManager{ np = 2 }) function f(x) return x end`
			if err := c.Run(b.Context(), head); err != nil {
				b.Fatal(err)
			}
			b.ResetTimer()
			b.ReportAllocs()
			if err := c.Run(b.Context(), fmt.Sprintf("local f, N = f, %d ", b.N)+body); err != nil {
				b.Fatal(err)
			}
		})
	}
}
