package tree

import (
	"slices"
	"testing"
)

// TestReadPiece: the variables that are left for the next piece, and where a piece
// returns.
func TestReadPiece(t *testing.T) {
	for source, want := range map[string]struct {
		locals []string
		back   int
	}{
		``:                                   {nil, -1},
		`x = 1`:                              {nil, -1},
		`local a`:                            {[]string{"a"}, -1},
		`local a, b = f(local_, "local c")`:  {[]string{"a", "b"}, -1},
		`local function f() local x end`:     {[]string{"f"}, -1},
		`do local x end local y`:             {[]string{"y"}, -1},
		`while a do local x end local y = 1`: {[]string{"y"}, -1},
		`for i = 1, 2 do local x end`:        {nil, -1},
		`if a then local x elseif b then local y else local z end local w`:       {[]string{"w"}, -1},
		`repeat local x until x local y`:                                         {[]string{"y"}, -1},
		`local f = function() local g return 1 end return f`:                     {[]string{"f"}, 42},
		"-- local x\nlocal y --[[ local z ]] return y":                           {[]string{"y"}, 35},
		`local t = { f = function() return end, local_ = 1 } local u return 5 ;`: {[]string{"t", "u"}, 60},
	} {
		p := ReadPiece(source)
		if !slices.Equal(p.Locals, want.locals) || p.Return != want.back {
			t.Errorf("%s: got %q, %d, want %q, %d", source, p.Locals, p.Return, want.locals, want.back)
		}
		if p.Return >= 0 && source[p.Return:p.Return+6] != "return" {
			t.Errorf("%s: no return at %d", source, p.Return)
		}
	}
	if p := ReadPiece("local a = b.c + a"); !slices.Equal(p.Names, []string{"a", "b", "c"}) {
		t.Errorf("names %q", p.Names)
	}
}

func TestIsBeginning(t *testing.T) {
	for source, want := range map[string]bool{
		"": false, "x = 1": false, "x =": true, "f(": true, "if a then": true, "if a then else if b then end": true, "for": true,
		"s = [[ abc": true, "--[[ abc": true, "s = 'abc": false, "x = )": false, "end": false, "return function() return 1": true,
	} {
		if got := IsBeginning(source); got != want {
			t.Errorf("%q: got %v", source, got)
		}
	}
}
