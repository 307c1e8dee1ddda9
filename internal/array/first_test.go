package array

import (
	"testing"

	lua "github.com/yuin/gopher-lua"
)

func TestFirst(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	L.PreloadModule("array", Open)
	if err := L.DoString(`
		local array = require "array"
		local a = array.from({1,2,3}, "int32")
		a[2] = 7
		assert(#a == 3 and a[2] == 7)
		for _, f in ipairs{function() return a[4] end, function() a[1] = 1.5 end, function() a[1]=3e9 end, function() a.x=1 end, function() return a.y end, function() a:view(2,3) end,
		function() array.zeros(-1) end, function() array.zeros(1, "x") end, function() a.view(1,2) end} do
			local ok, e = pcall(f) print(tostring(e))
		end
		local c = array.zeros(2, "complex64") print(c[1])
	`); err != nil {
		t.Fatal(err)
	}
}
