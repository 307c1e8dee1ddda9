package interp

import "testing"

// TestDumpDamaged: what is left of a dumped function, or was changed in it, is
// compiled or refused.
func TestDumpDamaged(t *testing.T) {
	in, out := newTest(t)
	err := run(t, in, t.Context(), `local d = string.dump(function(a) return function() return a end end)
local refused = 0
for i = 1, #d do
  for _, damaged in ipairs{ d:sub(1, i - 1), d:sub(1, i - 1) .. "\255" .. d:sub(i + 1), d:sub(1, i - 1) .. "\0" .. d:sub(i + 1), d:sub(1, i) .. ("\255"):rep(20) } do
    local f, e = loadstring(damaged, "=d")
    if i <= 19 then
      assert(not f and type(e) == "string" or damaged == d or damaged == "", i)
      refused = refused + (f and 0 or 1)
    end
  end
end
print(refused > 50)
local f, e = loadstring(d:sub(1, 12) .. "source\0\200\1\1xreturn 1", "=d")
print(f, e:match("^d: bad code"))`)
	if err != nil || out.String() != "true\nnil\td: bad code\n" {
		t.Errorf("got %v, printed %q", err, out)
	}
}
