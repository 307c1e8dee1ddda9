package tree

import (
	"os"
	"path/filepath"
	"slices"
	"testing"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
)

// TestTraceCompilesTheSame: the numbers in place of lines change no instruction,
// or the origins would be those of others.
func TestTraceCompilesTheSame(t *testing.T) {
	scripts, err := filepath.Glob("../../interp/testdata/dialect/*.lua")
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	for _, pattern := range []string{"../../../examples/*.lua", "../../../tests/*/*.lua", "../../../tests/testdata/*/*.lua"} {
		more, _ := filepath.Glob(pattern)
		scripts = append(scripts, more...)
	}
	operations := 0
	for _, script := range scripts {
		source, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		operations += checkOrigin(t, script, string(source))
	}
	t.Logf("%d operations in %d scripts", operations, len(scripts))
}

// FuzzTrace does the same with any text.
func FuzzTrace(f *testing.F) {
	for _, source := range []string{
		"local t = {} return t.x.y, t[1] + 1, -t, #t, t .. 'a' .. 2, t < 1, t >= 2", "for i = 1, 2 do local function f() return i end end", "for k, v in f().g, 1 do k.x, v = v, k end", "function a.b:c(...) return self, ... end",
		"local a, b = ... a, b = b, a and b or not a", "('s').x = ({1, 2, x = 3})[(f())]", "while true do goto a break ::a:: end", "return -1 + -(2), 2 ^ 3, 0 / 0, -0", "repeat local x = x() until x:m(1, 'two', {}) == nil",
	} {
		f.Add(source)
	}
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > 4<<10 {
			t.Skip()
		}
		checkOrigin(t, "fuzz", source)
	})
}

// checkOrigin compares the program of a source with the one that its origin was
// made of, and returns how many operations there are.
func checkOrigin(t *testing.T, script, source string) (operations int) {
	t.Helper()
	main, err := Compile(script, source)
	if err != nil {
		return 0
	}
	o, err := Trace(script, source)
	if err != nil {
		t.Errorf("%s: %v", script, err)
		return 0
	}
	compiled := &Origin{}
	compiled.list(main)
	if len(compiled.functions) != len(o.functions) {
		t.Errorf("%s: %d functions, then %d", script, len(compiled.functions), len(o.functions))
		return 0
	}
	for i, f := range compiled.functions {
		if !slices.Equal(f.Code, o.functions[i].Code) || !slices.EqualFunc(f.Constants, o.functions[i].Constants, same) {
			t.Errorf("%s: function %d is another one", script, i)
		}
		operations += checkOperations(t, script, o, i)
	}
	return operations
}

// same tells whether constants are the same.
func same(a, b lua.LValue) bool { return a == b || a.String() == "NaN" && b.String() == "NaN" }

// checkOperations looks that each instruction that may fail has its operation,
// and as many operands.
func checkOperations(t *testing.T, script string, o *Origin, function int) (n int) {
	t.Helper()
	f := o.functions[function]
	for pc := 0; pc < len(f.Code); pc++ {
		operands := 1
		switch op := int(f.Code[pc] >> 26); op {
		case lua.OP_CLOSURE:
			pc += int(f.FunctionPrototypes[f.Code[pc]&(1<<18-1)].NumUpvalues)
			continue
		case lua.OP_SETLIST:
			if f.Code[pc]>>9&0x1ff == 0 {
				pc++
			}
			continue
		case lua.OP_SETTABLE, lua.OP_SETTABLEKS:
			if _, ok := o.At(function, pc); !ok {
				continue // of a table that is written
			}
		case lua.OP_UNM, lua.OP_LEN:
			if isOfNoText(f, pc) {
				continue
			}
		case lua.OP_GETTABLE, lua.OP_GETTABLEKS, lua.OP_SELF, lua.OP_CALL, lua.OP_TAILCALL, lua.OP_TFORLOOP:
		case lua.OP_ADD, lua.OP_SUB, lua.OP_MUL, lua.OP_DIV, lua.OP_MOD, lua.OP_POW, lua.OP_LT, lua.OP_LE, lua.OP_FORPREP:
			operands = 2
		case lua.OP_CONCAT:
			operands = int(f.Code[pc]>>9&0x1ff-f.Code[pc]&0x1ff) + 1
		default:
			continue
		}
		p, ok := o.At(function, pc)
		if e, isChain := p.node.(*ast.StringConcatOpExpr); isChain {
			ok = len(o.chains[e]) == operands
		} else {
			ok = ok && p.Operand(operands-1) != nil
		}
		if !ok || p.Text(0) == "" && utf8.RuneCountInString(written(p.node, 1)) <= longestPath {
			t.Errorf("%s: function %d, instruction %d has no operation with %d operands (%T)", script, function, pc, operands, p.node)
		}
		n++
	}
	return n
}

// isOfNoText reports whether an instruction takes the length of a constant "", or
// the minus of that length: neither can fail, and constantOf writes -0 so.
func isOfNoText(f *lua.FunctionProto, pc int) bool {
	if pc == 0 {
		return false
	}
	code := func(pc int) int { return int(f.Code[pc] >> 26) }
	before := f.Code[pc-1]
	if operand := f.Code[pc] & 0x1ff; before>>18&0xff != operand {
		return false
	}
	switch code(pc - 1) {
	case lua.OP_LEN:
		return code(pc) == lua.OP_UNM && isOfNoText(f, pc-1)
	case lua.OP_LOADK:
		return code(pc) == lua.OP_LEN && f.Constants[before&(1<<18-1)] == lua.LString("")
	}
	return false
}
