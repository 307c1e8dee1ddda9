package value

import (
	"encoding/binary"
	"errors"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// FuzzDecode feeds bytes that no Encode made: an error, never a panic, and
// whatever decodes can be encoded again.
func FuzzDecode(f *testing.F) {
	a := newProcess(f, 1)
	for _, test := range programs {
		if test.name == "deep" || test.name == "many tables" {
			continue
		}
		m, err := a.Encode(a.L, "", a.eval(f, "seed.lua", test.sender)...)
		if err != nil {
			f.Fatal(err)
		}
		var blob []byte
		if len(m.Blobs) > 0 {
			blob = append(blob, m.Blobs[0]...)
		}
		f.Add(m.Body, blob)
	}
	a.holes = 1 << 16
	a.Codec.Resolve = func(*lua.LState, string) (lua.LValue, error) { return lua.LNil, nil }
	f.Fuzz(func(t *testing.T, body, blob []byte) {
		m := &Message{Body: body}
		if len(blob) > 0 {
			m.Blobs = [][]byte{blob}
		}
		a.Missing(m)
		vs, err := a.Decode(a.L, m)
		if err != nil {
			var known *luaerr.Error
			if !errors.Is(err, ErrMalformed) && !errors.As(err, &known) {
				t.Fatalf("an error of no kind: %v", err)
			}
			return
		}
		again, err := a.Copy(a.L, "", vs...)
		if err != nil {
			t.Skip(err) // more holes in all than one message may have
		}
		if d := differ(vs, again); d != "" {
			t.Fatal(d)
		}
	})
}

// Lengths that are claimed must not allocate what the bytes cannot hold.
func TestClaimedLengths(t *testing.T) {
	p := newProcess(t, 1)
	body := func(tokens ...byte) []byte {
		b := append([]byte{version, 0, 0, 0, 0, 0, 0, 0, 0}, tokens...)
		binary.LittleEndian.PutUint64(b[1:], uint64(len(b)))
		return append(b, 0)
	}
	huge := []byte{0xce, 0x7f, 0xff, 0xff, 0xff} // 2^31-1
	for name, b := range map[string][]byte{
		"empty":            {},
		"version":          {9, 9, 0, 0, 0, 0, 0, 0, 0, 0},
		"references":       {version, 255, 255, 255, 255, 255, 255, 255, 255, 0},
		"reference count":  append([]byte{version, 9, 0, 0, 0, 0, 0, 0, 0}, huge...),
		"values":           body(huge...),
		"string":           body(append([]byte{1, 0xdb}, huge[1:]...)...),
		"extension":        body(append([]byte{1, 0xc9}, append(huge[1:], extNew, kindTable)...)...),
		"slots":            body(append([]byte{1, codeFixExt1, extNew, kindTable}, append(huge, 0, 0, codeNil)...)...),
		"holes":            body(append([]byte{1, codeFixExt1, extNew, kindTable}, append(append(huge, huge...), 0, codeNil)...)...),
		"pairs":            body(append([]byte{1, codeFixExt1, extNew, kindTable, 0, 0}, append(huge, codeNil)...)...),
		"array":            body(append([]byte{1, codeFixExt1, extNew, kindArray, 9, 0}, huge...)...),
		"matrix":           body(append([]byte{1, codeFixExt1, extNew, kindArray, 9, 1}, append(huge, huge...)...)...),
		"array type":       body(1, codeFixExt1, extNew, kindArray, 99, 0, 0),
		"back reference":   body(1, codeFixExt4, extBack, 0, 0, 0, 0),
		"chunk":            body(1, codeFixExt1, extNew, kindFunction, 5, 0),
		"kind":             body(1, codeFixExt1, extNew, 99),
		"blob":             body(1, codeFixExt1, extNew, kindString),
		"nil as a key":     body(1, codeFixExt1, extNew, kindTable, 0, 0, 1, codeNil, 1, codeNil),
		"NaN as a key":     body(1, codeFixExt1, extNew, kindTable, 0, 0, 1, codeDouble, 0x7f, 0xf8, 0, 0, 0, 0, 0, 1, 1, codeNil),
		"metatable":        body(1, codeFixExt1, extNew, kindTable, 0, 0, 0, 1),
		"numbers too many": body(1, codeFixExt1, extNew, kindTable, 1, 0, 0, 0xd8, extNumbers, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, codeNil),
		"rest":             body(0, 1),
		"array code":       body(1, 0x91, 1),
	} {
		allocated := testing.AllocsPerRun(1, func() {
			if vs, err := p.Decode(p.L, &Message{Body: b}); !errors.Is(err, ErrMalformed) {
				t.Errorf("%s: %v, %v", name, vs, err)
			}
		})
		if allocated > 100 {
			t.Errorf("%s: %v allocations", name, allocated)
		}
	}
	unknown := body(1, codeFixExt1, extNew, kindFunction, 0, 0)
	unknown = append(append(unknown[:len(unknown)-1], 1, 0xc4, 16), make([]byte, 17)...)
	if _, err := p.Decode(p.L, &Message{Body: unknown}); err == nil || errors.Is(err, ErrMalformed) {
		t.Error("a function of an unknown chunk:", err)
	}
}
