package array

import (
	"bytes"
	"math"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

func TestNewIsAlignedAndZero(t *testing.T) {
	for _, typ := range Types() {
		for n := range 300 {
			a := New(typ, n)
			if n > 0 && uintptr(unsafe.Pointer(unsafe.SliceData(a.Bytes())))%Alignment != 0 {
				t.Fatalf("%d %s: memory is not aligned", n, typ)
			}
			if len(a.Bytes()) != n*typ.Size() || a.Len() != n {
				t.Fatalf("%d %s: %d bytes, length %d", n, typ, len(a.Bytes()), a.Len())
			}
			for _, b := range a.Bytes() {
				if b != 0 {
					t.Fatalf("%d %s: memory is not zero", n, typ)
				}
			}
		}
	}
}

func TestParseType(t *testing.T) {
	for _, typ := range Types() {
		if got, ok := ParseType(typ.String()); !ok || got != typ {
			t.Errorf("%s is read as %s, %v", typ, got, ok)
		}
	}
	if _, ok := ParseType("double"); ok {
		t.Error("double is read as a type")
	}
}

func TestFromBytesTakesOver(t *testing.T) {
	raw := New(Uint8, 32).Bytes()
	a, err := FromBytes(Float64, raw)
	if err != nil || a.Len() != 4 {
		t.Fatal(a, err)
	}
	Of[float64](a)[0] = 1
	if raw[7] == 0 {
		t.Error("aligned memory was copied")
	}
	odd, err := FromBytes(Float64, raw[1:25])
	if err != nil || odd.Len() != 3 || !bytes.Equal(odd.Bytes(), raw[1:25]) {
		t.Fatal(odd, err)
	}
	Of[float64](odd)[2] = 7
	if raw[24] != 0 {
		t.Error("memory that is not aligned was not copied")
	}
	if _, err := FromBytes(Int32, raw[:7]); err == nil {
		t.Error("7 bytes became int32 elements")
	}
	if empty, err := FromBytes(Int32, nil); err != nil || empty.Len() != 0 || len(empty.Bytes()) != 0 {
		t.Error(empty, err)
	}
}

func TestOf(t *testing.T) {
	a := New(Int16, 3)
	if Of[uint16](a) != nil || Of[int16](a) == nil {
		t.Error("Of does not go by the type")
	}
	if b := Of[bool](New(Bool, 2)); len(b) != 2 {
		t.Error("Of[bool]", b)
	}
	s := []complex64{1, 2i}
	if got := FromSlice(s); got.Type() != Complex64 || &Of[complex64](got)[0] != &s[0] {
		t.Error("FromSlice copies")
	}
}

func TestViewKeepsMemoryAlive(t *testing.T) {
	view := func() *Array {
		a := New(Float64, 1<<17)
		for i := range a.Len() {
			Of[float64](a)[i] = float64(i)
		}
		v, err := a.View(1<<17-3, 3)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}()
	for range 5 {
		runtime.GC()
		_ = New(Float64, 1<<17)
	}
	if got := Of[float64](view); got[2] != 1<<17-1 {
		t.Errorf("the view holds %v", got)
	}
}

// TestLargeGarbageIsCollected holds with a GOGC that would let it pile up.
func TestLargeGarbageIsCollected(t *testing.T) {
	defer debug.SetGCPercent(debug.SetGCPercent(10000))
	runtime.GC()
	most := uint64(0)
	for range 100 {
		_ = New(Float64, 4<<20)
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		most = max(most, m.HeapAlloc)
	}
	if most > 4*freeToFill {
		t.Errorf("%d MB in use at most", most>>20)
	}
}

// TestReceivedBool: memory that came from outside may hold any byte.
func TestReceivedBool(t *testing.T) {
	a, _ := FromBytes(Bool, []byte{0, 1, 2, 255})
	L := newState(t)
	L.SetGlobal("a", ToLua(L, a))
	if err := L.DoString(`
		assert(a[3] == true and a[4] == true and a:sum() == 3 and a:tostring(4) == "true")
		assert(a == array.from{false, true, true, true} and a:to("int8"):sum() == 3)
		assert(a:any() and not a:all() and (a * 2):sum() == 6 and a:eq(true):sum() == 3)
		assert(a:cumsum()[4] == 3 and a:sort()[1] == false and a:argmax() == 2)
	`); err != nil {
		t.Fatal(err)
	}
}

func TestComplexTravels(t *testing.T) {
	L := newState(t)
	want := complex(math.Inf(-1), math.Copysign(0, -1))
	kind, data, err := Complex(want).Travel()
	if err != nil || kind != TravelKind {
		t.Fatal(kind, err)
	}
	v, err := DecodeComplex(L, data)
	if err != nil {
		t.Fatal(err)
	}
	got, ok := ToComplex(v)
	if !ok || math.Float64bits(imag(got)) != math.Float64bits(imag(want)) || real(got) != real(want) {
		t.Errorf("%v became %v", want, got)
	}
	if _, err := DecodeComplex(L, data[:15]); err == nil {
		t.Error("15 bytes became a complex number")
	}
}

func TestToLua(t *testing.T) {
	L := lua.NewState()
	defer L.Close()
	a := New(Float64, 1)
	ud := ToLua(L, a) // works before the module is loaded
	if b, ok := To(ud); !ok || a != b {
		t.Error("To does not give what ToLua got")
	}
	if _, ok := To(lua.LNumber(1)); ok {
		t.Error("a number is an array")
	}
	if _, ok := To(ComplexToLua(L, 1)); ok {
		t.Error("a complex number is an array")
	}
	thread, cancel := L.NewThread()
	if cancel != nil {
		defer cancel()
	}
	if ToLua(thread, a).Metatable != ud.Metatable {
		t.Error("threads of an interpreter have metatables of their own")
	}
}

// TestPromote has numpy's result_type as its oracle, but for bool with bool
// (there bool) and int64 with uint64 (there float64).
func TestPromote(t *testing.T) {
	for _, row := range []struct{ a, b, want string }{
		{"int8", "int8", "int8"}, {"int8", "uint8", "int16"}, {"int8", "uint16", "int32"}, {"int8", "uint32", "int64"},
		{"int16", "uint8", "int16"}, {"int32", "uint16", "int32"}, {"int64", "uint32", "int64"}, {"uint8", "uint32", "uint32"},
		{"int8", "float32", "float32"}, {"uint16", "float32", "float32"}, {"int32", "float32", "float64"}, {"uint64", "float32", "float64"},
		{"int8", "float64", "float64"}, {"float32", "float64", "float64"}, {"int16", "complex64", "complex64"},
		{"int32", "complex64", "complex128"}, {"float32", "complex64", "complex64"}, {"float64", "complex64", "complex128"},
		{"uint64", "complex128", "complex128"}, {"bool", "uint8", "uint8"}, {"bool", "complex64", "complex64"}, {"bool", "float32", "float32"},
		{"bool", "bool", "float64"}, {"int64", "uint64", ""}, {"int8", "uint64", ""},
	} {
		a, _ := ParseType(row.a)
		b, _ := ParseType(row.b)
		for range 2 {
			got, err := Promote(a, b)
			if (err != nil) != (row.want == "") || err == nil && got.String() != row.want {
				t.Errorf("%s with %s: %s, %v, want %s", a, b, got, err, row.want)
			}
			a, b = b, a
		}
	}
}

// FuzzBytes: whatever bytes an array is made of, nothing panics, and text,
// copies and bytes agree.
func FuzzBytes(f *testing.F) {
	f.Add(uint8(Float64), []byte("\x00\x00\x00\x00\x00\x00\xf0\x7f"))
	f.Add(uint8(Bool), []byte{0, 1, 2, 255})
	f.Add(uint8(Complex64), bytes.Repeat([]byte{0xff}, 16))
	f.Add(uint8(Int64), bytes.Repeat([]byte{0x80, 0}, 64))
	L := newState(f)
	compiled := map[string]*lua.LFunction{}
	for _, expr := range []string{
		"a:sum()", "a:min()", "a:copy():sort()", "a:copy():sort('desc')", "a:argsort()", "a:totable()", "a + a", "a * 2.5", "a % a", "a:idiv(a)", "a ^ 2",
		"-a", "a:abs()", "a:norm()", "a:norm(1)", "a:dot(a)", "a:to('int32')", "a:to('float32')", "a:to('complex64')", "a:to('bool')", "a:cumsum()",
		"a:mean()", "a:std()", "a:t()", "a:reshape(1, #a):matmul(a)", "a:sqrt()", "a:round()", "a:lt(0.5)", "a:copy():axpy(2, a)",
		"a:unique()", "a:histogram(3, -1, 1)", "a[a:gt(0)]", "a:clip(0, 1)", "a:sign()", "a:diff()", "a:isnan()", "a:hypot(a)", "a:outer(a)", "a:take{1, -1}",
		"a:slice{{-1, 1, -1}} + a", "a:slice{{1, -1, 2}}:sort()", "a:copy():add(a)", "a:copy():pow(a)", "a:reshape(-1, 1):sum(1)", "a:reshape(1, -1):std(0, 2)",
		"a:reshape(1, -1):max(1)", "a:reshape(-1, 1) * a", "a:copy():sort():searchsorted(a)", "array.where(a:ne(a), a, 0)", "array.concat{a, a:slice{{-1, 1, -1}}}",
		"assert(array.frombytes(a:tobytes(), a:type()):tobytes() == a:tobytes())",
	} {
		fn, err := L.LoadString("return " + expr)
		if err != nil {
			f.Fatal(expr, err)
		}
		compiled[expr] = fn
	}
	f.Fuzz(func(t *testing.T, typ uint8, raw []byte) {
		a, err := FromBytes(Type(typ%uint8(typeCount)), append([]byte(nil), raw...))
		if err != nil {
			return
		}
		if !bytes.Equal(a.Copy().Bytes(), raw) {
			t.Fatal("a copy differs")
		}
		_, _ = a.String(), a.Text()
		L.SetGlobal("a", ToLua(L, a))
		for expr, fn := range compiled {
			L.Push(fn)
			err := L.PCall(0, lua.MultRet, nil)
			if err != nil && (strings.Contains(err.Error(), "runtime error") || strings.HasPrefix(expr, "assert")) {
				t.Fatal(expr, err)
			}
			L.SetTop(0)
		}
	})
}
