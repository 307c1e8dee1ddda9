package modules_test

import (
	"testing"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// TestOnWorkers: the modules work in workers as in the master, and what they give
// travels: null and marked tables stay what they are, arrays have their methods where
// nobody has asked for the module.
func TestOnWorkers(t *testing.T) {
	t.Chdir(t.TempDir())
	c := testkit.New(t, host.Config{})
	err := c.RunNamed(t.Context(), "job.lua", `
local cluster, array, json, csv, fs, plot = require "cluster", require "array", require "json", require "csv", require "fs", require "plot"
local manager = cluster.MPIManager{np = 2}
cluster.addprocs(manager)
local got = cluster.mpido(manager, function(null)
  local t = json.decode '{"nothing": null, "empty": [], "list": [1, 2]}'
  assert(t.nothing == json.null and null == json.null)
  fs.mkdir("shared", {parents = true})
  local name = fs.tmp{file = true, folder = "shared", ending = ".csv"}
  csv.write(name, {x = array.range(1, 3)})
  assert(csv.read(name).x:sum() == 6)
  assert(#plot.bars{1, 2}:text() > 100)
  t.name = name
  return t
end, json.null)
for rank = 0, 1 do
  assert(got[rank].nothing == json.null)
  assert(json.encode(got[rank].empty) == "[]")
  assert(fs.isfile(got[rank].name))
end
cluster.mpido(manager, function(a)
  a:save("shared/" .. tostring(a):sub(1, 5) .. ".npy")
end, array.range(1, 4))
assert(array.load("shared/float.npy"):sum() == 10)
local values = cluster.mpido(manager, function() return array.from{1, 2, 3} end)
assert(#plot.line(values):text() > 100)
`)
	if err != nil {
		t.Fatal(err)
	}
}
