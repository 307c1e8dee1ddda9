package modules

import (
	"fmt"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/philox"
)

// argumentsLua calls every function and method with arguments of all kinds. What is
// wrong with them must be an error of kind argument: other errors are defects.
const argumentsLua = `
local array, random, stats, sparse = require "array", require "random", require "stats", require "sparse"
local nan, inf = 0/0, 1/0
local curve = array.interpolate.spline({0, 1, 2, 3}, {1, 2, 0, 1})
local selves = { random.stream{}, stats.normal(), stats.poisson(2), stats.binomial(3, 0.5), stats.student_t(3), stats.f(2, 3), stats.gamma(2),
	stats.beta(2, 2), stats.weibull(2), stats.lognormal(), stats.uniform(), stats.exponential(), stats.chi_squared(2), curve, array.interpolate.linear({0, 1}, {0, 1}),
	sparse.eye(2), sparse.csr(2, 3, {1, 2}, {1, 3}, {1, 2}), sparse.csr(0, 0, {}, {}, {}), sparse.csr(0, 2^50, {}, {}, {}), sparse.csr(2, 2^50, {1}, {2^50}, {1}) }
local values = { 0, 1, 2, 3, -1, 2.5, 0.5, 1e-300, 1e300, -1e300, nan, inf, -inf, 2^53, "", "x", "pearson", true, false, {}, {1}, {1, 2}, {1, 2, 3}, {2, 1}, {0, 0}, {nan}, {inf, 1}, {"a"}, {x = 1}, {1, nil, 3}, {{1, 2}, {3, 4}},
	{1, 2, 3, 4, 5}, {p = {0.5, 0.5}}, {replace = false}, {seed = 1, rank = false}, {kind = "akima"}, {paired = true}, {intercept = false}, {limit = 50}, {method = "nelder-mead", limit = 100}, {outside = "hold"},
	array.zeros(0), array.zeros(1), array.zeros(3), array.range(1, 4), array.range(4, 1, -1), array.matrix(0, 3), array.matrix(3, 0), array.matrix(0, 2^40), array.matrix(2^40, 0), array.matrix(2, 2), array.eye(2), array.eye(3), array.randn(3, 2), array.randn(2, 3),
	array.from{nan, 1}, array.from{1e308, -1e308, 1e308}, array.full(3, 1e200), array.ones(3, "complex128"), array.matrix(2, 2, "complex64"), array.from({1, 2, 3}, "int8"), array.ones(3, "bool"), array.eye(2, "float32"), array.from({1, 2}, "uint64"),
	function(x) return type(x) == "number" and x or 1 end, function() return 1 end, function(a, b) return b end, function(x) return -1e300 end, function() return nan end, function() return "x" end, function() return {} end, math.random, math.sin, array.sum }
for _, self in ipairs(selves) do values[#values + 1] = self end
local functions = {}
for _, module in ipairs{ random, stats, sparse, array.fft, array.optimize, array.integrate, array.interpolate, array.linalg } do
	for name, f in pairs(module) do functions[#functions + 1] = { name, f } end
end
for _, self in ipairs(selves) do
	for _, name in ipairs(methods) do
		local ok, f = pcall(function() return self[name] end)
		if ok then functions[#functions + 1] = { name, f, self } end
	end
end
table.sort(functions, function(a, b) return a[1] < b[1] end)
local function shown(list, n)
	local texts = {}
	for i = 1, n do texts[i] = tostring(list[i]) end
	return table.concat(texts, ", ")
end
local right = 0
for round = 1, rounds do
	for _, f in ipairs(functions) do
		local args, n = {}, math.random(0, 4)
		for i = 1, n do
			args[i] = values[math.random(#values)]
			if array.is(args[i]) then args[i] = args[i]:copy() elseif type(args[i]) == "table" then args[i] = { unpack(args[i], 1, 5) } end
		end
		local ok, e
		if f[3] then ok, e = pcall(f[2], f[3], unpack(args, 1, n)) else ok, e = pcall(f[2], unpack(args, 1, n)) end
		if ok then right = right + 1
		elseif type(e) ~= "table" or e.kind ~= "argument" then
			if not tostring(e):find("bad argument #%d to '" ) and not tostring(e):find("^array of 0") then
				complain(f[1] .. " of " .. tostring(f[3]) .. " (" .. shown(args, n) .. "): " .. tostring(e))
			end
		end
	end
end
return right`

// TestArguments is a random test with fixed seeds.
func TestArguments(t *testing.T) {
	in := newInterp(t, philox.Origin{Seed: 1, Given: true, Rank: philox.NoRank})
	results, err := run(t.Context(), in, "arguments.lua", argumentsLua, func(L *lua.LState) {
		names := L.NewTable()
		for _, c := range chapters {
			for _, r := range c.rows {
				names.Append(lua.LString(r.Name))
			}
		}
		L.SetGlobal("methods", names)
		L.SetGlobal("rounds", lua.LNumber(30))
		seen := map[string]bool{}
		L.SetGlobal("complain", L.NewFunction(func(L *lua.LState) int {
			text := L.CheckString(1)
			if key, _, _ := strings.Cut(text, "("); !seen[key] {
				seen[key] = true
				t.Error(text)
			}
			return 0
		}))
	})
	if err != nil {
		t.Fatal(err)
	}
	if right := fmt.Sprint(results[0]); right == "0" {
		t.Error("no call was right: nothing was tested")
	}
}
