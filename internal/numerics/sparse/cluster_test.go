package sparse_test

import (
	"testing"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// TestCluster: sparse matrices travel to workers and back; streams and their like
// say why they do not, and what to do.
func TestCluster(t *testing.T) {
	const script = `
local cluster, sparse, random, stats, array = require "cluster", require "sparse", require "random", require "stats", require "array"
local manager = cluster.MPIManager{ np = 2 }
cluster.addprocs(manager)
local m = sparse.csr(2, 3, { 1, 2, 2 }, { 3, 1, 2 }, { 5, 6, 7 })
local back = cluster.mpido(manager, function()
  return { m:matmul{ 1, 2, 3 }, m:t(), random.uniform(), stats.normal():cdf(0), #array.fft(array.ones(4)) }
end)
for rank = 0, 1 do
  local r = back[rank]
  assert(r[1] == array.from{ 15, 20 } and r[2]:todense() == m:todense():t() and r[4] == 0.5 and r[5] == 4)
end
assert(back[0][3] ~= back[1][3])
local function refused(f, text)
  local ok, e = pcall(cluster.mpido, manager, f)
  assert(not ok and tostring(e):find(text, 1, true), tostring(e))
end
local stream, normal, line = random.stream{ seed = 1 }, stats.normal(), array.interpolate.linear({ 0, 1 }, { 0, 1 })
refused(function() return stream:uniform() end, "a random stream stays in its process, since a copy would draw the same numbers again: make it where it is used")
refused(function() return normal:cdf(1) end, "a distribution stays in its process: make it where it is used")
refused(function() return line:at(1) end, "an interpolant stays in its process: send its points")
`
	c := testkit.New(t, host.Config{})
	if err := c.RunNamed(t.Context(), "job.lua", script); err != nil {
		t.Fatalf("%v\n%s\n%s", err, luaerr.From(err).Traceback, c.Err)
	}
}
