package value

import (
	"context"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
)

// longestSource keeps inputs within what is compiled in an instant: the limits
// of larger ones are their own tests.
const longestSource = 4 << 10

// FuzzSource compiles any text as a chunk that another process sent: a program
// or an error that names the chunk, and the same program under the same hash.
// What compiles runs for a moment.
func FuzzSource(f *testing.F) {
	for _, p := range programs {
		if len(p.sender) < longestSource {
			f.Add(p.sender)
		}
	}
	for _, text := range []string{"return function() end", "goto a ::a::", "for i = 1, 3 do local x = function() return i end end", "local a <const> = 1", "x = [==[\n]==]", "return 0x1p4, 1e309, '\\255'", "if", "return ((((((1))))))", "a.b:c{1, [2] = 3; ...}"} {
		f.Add(text)
	}
	p := newProcess(f, 1)
	f.Fuzz(func(t *testing.T, source string) {
		if len(source) > longestSource {
			t.Skip()
		}
		h, err := p.Chunks.Add("=fuzz", source)
		if err != nil {
			return
		}
		if err := p.Chunks.AddAs(h, "=fuzz", source); err != nil {
			t.Error(err)
		}
		if p.Chunks.AddAs(h, "=fuzz", source+" ") == nil {
			t.Error("another source was taken under the hash")
		}
		L := lua.NewState(lua.Options{SkipOpenLibs: true, CallStackSize: 100, RegistrySize: 1024, RegistryMaxSize: 1 << 16})
		defer L.Close()
		fn, err := p.Chunks.LoadTemporary(L, "=fuzz", source)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(t.Context(), 5*time.Millisecond)
		defer cancel()
		L.SetContext(ctx)
		L.Push(fn)
		_ = L.PCall(0, 0, nil)
	})
}
