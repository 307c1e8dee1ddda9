package tree

import (
	"fmt"
	"strings"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// TestManyConstants: a function with many different constants has them all, in
// the places where the source has them, and compiles in a time that grows with
// their number, not with its square.
func TestManyConstants(t *testing.T) {
	const n = 20_000
	var b strings.Builder
	b.WriteString("local t, f = { ")
	for i := range n {
		fmt.Fprintf(&b, "%d.5, 's%d', k%d = -%d.25, [\"x%d\"] = 'v%d',\n", i, i, i, i, i, i)
	}
	b.WriteString("}, {}\nfunction t.last(x) return x or 'none' end\n")
	for i := range n {
		fmt.Fprintf(&b, "f.y%d = %d + #'a%d'\n", i, i, i)
	}
	b.WriteString("return t, f, t.last()")
	began := time.Now()
	main, err := Compile("many.lua", b.String())
	if err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 20*time.Second {
		t.Errorf("compiling took %v", took)
	}
	L := lua.NewState()
	defer L.Close()
	L.Push(L.NewFunctionFromProto(main))
	L.Call(0, 3)
	table, fields := L.Get(1), L.Get(2)
	if got := L.Get(3); got != lua.LString("none") {
		t.Errorf("last() is %v", got)
	}
	want := func(table lua.LValue, key, v lua.LValue) {
		t.Helper()
		if got := L.GetTable(table, key); got != v {
			t.Fatalf("[%v] is %v, not %v", key, got, v)
		}
	}
	for i := range n {
		want(table, lua.LNumber(2*i+1), lua.LNumber(i)+0.5)
		want(table, lua.LNumber(2*i+2), lua.LString(fmt.Sprint("s", i)))
		want(table, lua.LString(fmt.Sprint("k", i)), -lua.LNumber(i)-0.25)
		want(table, lua.LString(fmt.Sprint("x", i)), lua.LString(fmt.Sprint("v", i)))
		want(fields, lua.LString(fmt.Sprint("y", i)), lua.LNumber(i+1+len(fmt.Sprint(i))))
	}
	for pc, line := range main.DbgSourcePositions {
		if line < 0 || line > 2*n+10 {
			t.Fatalf("instruction %d is in line %d", pc, line)
		}
	}
}
