package interp

import (
	"bytes"
	"strings"
	"testing"
)

// TestErrorsAtEntry raises errors before the first instruction of a function:
// by a tail call without registers left, and by metamethods that are too deep,
// whose handlers fail in turn. None may end in an error of Go.
func TestErrorsAtEntry(t *testing.T) {
	notForRace(t)
	const source = `local names = {} for i = 1, 190 do names[i] = "a" .. i end
local list = table.concat(names, ",")
local big = assert(loadstring("local " .. list .. " = 1 return a190", "=big"))
local seen = {}
local function note(ok, e) if not ok then seen[tostring(e)] = true end end
local fill = assert(loadstring([[local note, big, pcall = ...
local function tail() return big() end
local function rec() local ]] .. list .. [[ = 1 note(pcall(tail)) return (rec()) end return rec]], "=fill"))(note, big, pcall)
note(pcall(fill))
for e in pairs(seen) do print(e) end
local mt = {}
mt.__add = function(a, b) return a + b end
mt.__index = function(t, k) return t[k] end
mt.__eq = function(a, b) return a == b end
local function new() return setmetatable({}, mt) end
for _, f in ipairs{function() return new() + 1 end, function() return new().x end, function() return new() == new() end} do
  print(pcall(f))
  for _, h in ipairs{setmetatable, coroutine.wrap, function(e) error(e) end, function() return nil + 1 end} do
    print(xpcall(f, h))
  end
end`
	var out bytes.Buffer
	in := New(Config{Stdout: &out})
	if err := runNamed(t, in, t.Context(), "p.lua", source); err != nil {
		t.Fatal(err)
	}
	in.Close()
	text := out.String()
	for _, bad := range []string{"runtime error", "index out of range"} {
		if strings.Contains(text, bad) {
			t.Errorf("an error of Go in\n%s", text)
		}
	}
	for want, n := range map[string]int{"fill:2: registry overflow\n": 1, "stack overflow\n": 3, "error in error handling\n": 12} {
		if got := strings.Count(text, want); got != n {
			t.Errorf("%q is there %d times, want %d, in\n%s", want, got, n, text)
		}
	}
}
