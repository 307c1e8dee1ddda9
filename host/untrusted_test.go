package host_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

// untrusted is a master that takes values only, and its worker. What a hostile
// worker may try runs there: the worker sets marks on itself where its code
// runs, the master would have them too if it ran any.
func untrusted(t *testing.T) *testkit.Cluster {
	t.Helper()
	c := testkit.New(t, host.Config{UntrustedWorkers: true})
	if err := c.Run(t.Context(), `cluster = require "cluster"
		manager = cluster.MPIManager{ np = 2 }
		cluster.addprocs(manager)
		cluster.everywhere(function() cluster = require "cluster" end)
		pid = cluster.workers()[1]
		function refused(what, f, ...)
			local ok, e = pcall(f, ...)
			assert(not ok, what .. ": no error")
			assert(tostring(e):find("--untrusted-workers", 1, true), what .. ": " .. tostring(e))
			assert(not marked, what .. ": the master has run it")
			assert(getmetatable("").__index == string, what)
		end`); err != nil {
		t.Fatal(err)
	}
	return c
}

// TestUntrustedWorkersGiveValues: what data is comes as ever, by all ways.
func TestUntrustedWorkersGiveValues(t *testing.T) {
	c := untrusted(t)
	if err := c.Run(t.Context(), `
		local t = cluster.mpido(manager, function(x) return { x, { y = "z" }, setmetatable({ 1 }, { name = "plain" }) } end, 7)[0]
		assert(t[1] == 7 and t[2].y == "z" and getmetatable(t[3]).name == "plain")
		assert(cluster.mpido(manager, function() return require("array").full(10, 2):sum() end)[1] == 20)
		assert(cluster.mpido(manager, function() return require("array").full(10, 2) end)[1]:sum() == 20)
		assert(cluster.remotecall_fetch(function(f) return f(2) end, pid, function(x) return x + 1 end) == 3)
		assert(cluster.fetch(cluster.spawnat(pid, function() return 5 end)) == 5)
		local squares = cluster.pmap(function(x) return x * x end, { 1, 2, 3 })
		assert(squares[3] == 9)
		assert(cluster.distributed("+", 1, 10, function(i) return i end) == 55)
		local channel = cluster.RemoteChannel(1, 10)
		cluster.mpido(manager, function() channel:put("from a worker") end)
		assert(channel:take() == "from a worker" and channel:take() == "from a worker")
		local ok, e = pcall(cluster.mpido, manager, function() error({ code = 7 }) end)
		assert(not ok)
		cluster.everywhere(function() defined = 1 end)
		assert(defined == 1 and cluster.remotecall_fetch(function() return defined end, pid) == 1)`); err != nil {
		t.Fatal(err)
	}
}

// TestUntrustedWorkersRunNothing: no function of a worker comes to be called on
// the master, by whatever way it is sent.
func TestUntrustedWorkersRunNothing(t *testing.T) {
	c := untrusted(t)
	if err := c.Run(t.Context(), `
		local function evil() marked = true return 1 end
		local hidden = { bare = function() return evil end,
			deep = function() return { { evil } } end,
			key = function() return { [evil] = 1 } end,
			meta = function() return setmetatable({}, { __index = evil, __tostring = evil, __eq = evil }) end,
			named = function() return math.floor end,
			["named, to be run"] = function() return os.execute end,
			["a module"] = function() return string end,
			globals = function() return _G end,
			["of the text it came with"] = function() return loadstring("marked = true") end,
			["of a module that the master lacks"] = function()
				package.preload["evil"] = function() return { f = function() end } end
				return require("evil").f
			end,
		}
		for what, f in pairs(hidden) do
			refused("mpido, " .. what, cluster.mpido, manager, f)
			refused("call, " .. what, cluster.remotecall_fetch, f, pid)
			refused("future, " .. what, function() return cluster.fetch(cluster.spawnat(pid, f)) end)
			refused("pmap, " .. what, cluster.pmap, f, { 1 })
			local channel = cluster.RemoteChannel(1, 10)
			cluster.remotecall_fetch(function() channel:put(f()) end, pid)
			refused("channel, " .. what, channel.take, channel)
			refused("put from afar, " .. what, function()
				local there = cluster.RemoteChannel(pid, 10)
				cluster.remotecall_fetch(function() there:put(f()) end, pid)
				return there:take()
			end)
		end
		refused("error", cluster.mpido, manager, function() error({ evil }) end)
		refused("error of a call", cluster.remotecall_fetch, function() error(setmetatable({}, { __tostring = evil })) end, pid)
		refused("distributed", cluster.distributed, function(a) return a end, 1, 4, function() return evil end)
		assert(cluster.mpido(manager, function() return 1 end)[0] == 1) -- and all goes on`); err != nil {
		t.Fatal(err)
	}
}

// TestUntrustedWorkersAskInVain: the master runs nothing that it is asked to.
func TestUntrustedWorkersAskInVain(t *testing.T) {
	c := untrusted(t)
	if err := c.Run(t.Context(), `
		local function evil() marked = true end
		local function from(f) return function() return cluster.remotecall_fetch(f, pid) end end
		refused("call", from(function() return cluster.remotecall_fetch(evil, 1) end))
		refused("spawn", from(function() return cluster.fetch(cluster.spawnat(1, evil)) end))
		refused("everywhere", from(function() cluster.everywhere(function() marked = true end) end))
		refused("everywhere there", from(function() cluster.everywhere{ chunk = function() marked = true end, pids = { 1 } } end))
		refused("pmap", from(function() return cluster.pmap(evil, { 1, 2 }, { pool = cluster.WorkerPool({ 1 }) }) end))
		cluster.remotecall_fetch(function() cluster.remote_do(evil, 1) end, pid)
		cluster.remotecall_fetch(function() return 1 end, pid)
		assert(not marked, "the master has run what remote_do sent")`); err != nil {
		t.Fatal(err)
	}
}

// TestUntrustedWorkersGetModules: files that a module's name leads to, and no
// others.
func TestUntrustedWorkersGetModules(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{"lib/good.lua": "return { answer = 42 }", "secret.lua": "return 'secret'", "lib/sub/inner.lua": "return 43"} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	c := untrusted(t)
	err := c.Run(t.Context(), strings.ReplaceAll(`
		package.path = "DIR/lib/?.lua;?.lua;?" -- a script may have such a path
		local function get(name) return pcall(cluster.remotecall_fetch, function() return require(name) end, pid) end
		assert(cluster.remotecall_fetch(function() return require("good").answer end, pid) == 42)
		assert(cluster.remotecall_fetch(function() return require("sub.inner") end, pid) == 43)
		for _, name in ipairs{ "DIR/secret", "../secret", "/../secret", "DIR/secret.lua", "", "/etc/passwd", "sub/inner", "good\0" } do
			local ok, e = get(name)
			assert(not ok and tostring(e):find("looks for no such name", 1, true), name .. ": " .. tostring(e))
		end`, "DIR", dir))
	if err != nil {
		t.Fatal(err)
	}
}
