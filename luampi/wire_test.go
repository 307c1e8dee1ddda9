package luampi

import (
	"encoding/binary"
	"math"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// newWire makes what packs and unpacks values without MPI.
func newWire(t testing.TB) (*module, *lua.LState) {
	L := lua.NewState()
	t.Cleanup(L.Close)
	L.PreloadModule("array", array.Open)
	names := value.NewNames()
	names.AddModule("_G", L.G.Global)
	return &module{codec: &value.Codec{Chunks: value.NewChunks(), Names: names}}, L
}

// streams are values as they travel between ranks.
func streams(t testing.TB, m *module, L *lua.LState) (all [][]byte) {
	fn, err := m.codec.Chunks.Load(L, "=seed", `local array = require "array"
		local n = 3
		return 1, "text", { 1, 2, { x = true } }, array.full(10, 2), { array.full(3, 1), ("x"):rep(70000) }, function() return n end`)
	if err != nil {
		t.Fatal(err)
	}
	L.Push(fn)
	L.Call(0, lua.MultRet)
	for i := 1; i <= L.GetTop(); i++ {
		w, err := m.pack(L, "seed", L.Get(i))
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, w.append(nil))
	}
	L.SetTop(0)
	return all
}

// tailOf is a stream that has nothing but a tail with lengths of blobs.
func tailOf(body uint64, chunks uint32, sizes ...uint64) []byte {
	var b []byte
	for _, n := range sizes {
		b = binary.LittleEndian.AppendUint64(b, n)
	}
	b = binary.LittleEndian.AppendUint64(b, body)
	b = binary.LittleEndian.AppendUint32(b, chunks)
	return binary.LittleEndian.AppendUint32(b, uint32(len(sizes)))
}

// TestUnpackWhatIsNoValue: lengths that overflow when they are added, or that
// do not fit, are an error.
func TestUnpackWhatIsNoValue(t *testing.T) {
	m, L := newWire(t)
	many := func(n int, size uint64) []uint64 {
		s := make([]uint64, n)
		for i := range s {
			s[i] = size
		}
		return s
	}
	for name, b := range map[string][]byte{
		"empty":     nil,
		"short":     make([]byte, trailer-1),
		"zeros":     make([]byte, 1000),
		"overflow":  tailOf(0, 0, many(4, 1<<62)...),
		"to zero":   tailOf(0, 0, many(8, 1<<61)...),
		"negative":  tailOf(0, 0, 1<<62, 1<<62, 1<<62),
		"large":     tailOf(0, 0, math.MaxUint64),
		"body":      tailOf(math.MaxUint64, 0),
		"blobs":     binary.LittleEndian.AppendUint32(make([]byte, 100), math.MaxUint32),
		"no values": append(append([]byte{1, 10, 0, 0, 0, 0, 0, 0, 0, 0, 0}, tailOf(11, 0)...), []byte{}...),
	} {
		for _, own := range []bool{true, false} {
			if v, err := m.unpack(L, b, own); err == nil {
				t.Errorf("%s: gave %v", name, v)
			}
		}
	}
	for _, head := range [][2]uint64{{math.MaxUint64, 0}, {1 << 63, 1}, {10, math.MaxUint64}} {
		b := binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(nil, head[0]), head[1])
		if total, ticket, err := readHead(b); err == nil {
			t.Errorf("a head of %v gave %d and %d", head, total, ticket)
		}
	}
}

// FuzzUnpack: bytes that no rank of ours sent are an error, never a panic.
func FuzzUnpack(f *testing.F) {
	m, L := newWire(f)
	for _, b := range streams(f, m, L) {
		if len(b) < 4096 {
			f.Add(b)
		}
	}
	f.Add(tailOf(0, 0, 1<<62, 1<<62, 1<<62, 1<<62))
	f.Add(tailOf(0, 1<<30))
	m.codec.Resolve = func(*lua.LState, string) (lua.LValue, error) { return lua.LNil, nil }
	f.Fuzz(func(t *testing.T, b []byte) {
		for _, own := range []bool{true, false} {
			if v, err := m.unpack(L, append([]byte(nil), b...), own); err == nil && v == nil {
				t.Error("no value")
			}
		}
	})
}
