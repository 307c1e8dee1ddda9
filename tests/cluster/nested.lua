-- A chunk that would wait for itself is told so at once, however it tries.
local cluster = require "cluster"
local t = require "prelude"
local manager = t.start(3)
the_manager = manager -- a global of the master

local function again() return cluster.mpido(the_manager, "return 1")[0] end
local results = cluster.mpido(manager, function()
  local ok, e = pcall(cluster.remotecall_fetch, again, 1)
  local deep, f = pcall(cluster.remotecall_fetch, cluster.remotecall_fetch, 3, again, 1)
  local later, g = pcall(cluster.fetch, cluster.remotecall(again, 1))
  local map, h = pcall(cluster.pmap, function() return cluster.remotecall_fetch(again, 1) end, { 1 })
  return not ok and not deep and not later and not map and tostring(e) .. tostring(f) .. tostring(g) .. tostring(h)
end)
for rank, text in cluster.each(results) do
  local _, n = text:gsub("mpido cannot be called from inside a chunk of the same manager", "")
  t.equal(n, 4)
end
-- Afterwards, and from calls that no chunk made, it can.
t.equal(cluster.remotecall_fetch(function() return cluster.remotecall_fetch(again, 1) end, 2), 1)
if t.launched() then
  local second = cluster.MPIManager{ np = 1 }
  cluster.addprocs(second)
  the_manager = second
  t.equal(cluster.mpido(manager, function() return cluster.remotecall_fetch(again, 1) end)[2], 1)
  other = manager
  t.fails("from inside a chunk of the same manager", cluster.mpido, manager, function()
    return cluster.remotecall_fetch(function()
      return cluster.mpido(the_manager, function() return cluster.remotecall_fetch(function() return cluster.mpido(other, "return 1") end, 1) end)
    end, 1)
  end)
end
