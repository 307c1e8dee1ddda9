package value

import (
	"errors"
	"fmt"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

func TestSyntaxErrors(t *testing.T) {
	p := newProcess(t, 1)
	for _, test := range []struct{ source, want string }{
		{"x = 1\ny = = 2", "job.lua:2: unexpected symbol near '='"},
		{"x = 1\nif x then\n", "job.lua:3: 'end' expected (to close 'if' at line 2) near '<eof>'"},
		{"", ""},
		{"x = 'abc", "job.lua:1: "},
		{"for i = 1, 2 do\n break\nend\nbreak", "job.lua:4: "},
		{"goto nowhere", "job.lua:"},
	} {
		_, err := p.Chunks.Load(p.L, "job.lua", test.source)
		if test.want == "" {
			if err != nil {
				t.Errorf("%q: %v", test.source, err)
			}
			continue
		}
		var e *luaerr.Error
		if !errors.As(err, &e) || e.Kind != luaerr.Script || !strings.HasPrefix(err.Error(), test.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%q: %v, want %s", test.source, err, test.want)
		}
		if _, _, ok := p.Chunks.Source(hashOf("job.lua", test.source)); ok {
			t.Errorf("%q: kept though it cannot be compiled", test.source)
		}
	}
}

func TestLoadCompilesOnce(t *testing.T) {
	p := newProcess(t, 1)
	f, _ := p.Chunks.Load(p.L, "a.lua", "return 1")
	g, _ := p.Chunks.LoadTemporary(p.L, "a.lua", "return 1")
	h, _ := p.Chunks.Load(p.L, "b.lua", "return 1")
	if f == g || f.Proto != g.Proto || f.Proto == h.Proto {
		t.Error("the same chunk has to share its prototype, another must not")
	}
}

// sizes counts what is kept.
func (c *Chunks) sizes() (chunks, functions int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return len(c.byHash), len(c.weakly)
}

// collect runs the garbage collector until ok, or gives up.
func collect(ok func() bool) bool {
	for range 50 {
		runtime.GC()
		if ok() {
			return true
		}
		time.Sleep(2 * time.Millisecond)
	}
	return false
}

func TestTemporaryChunksGo(t *testing.T) {
	p := newProcess(t, 1)
	base, _ := p.Chunks.sizes()
	for i := range 500 {
		if _, err := p.Chunks.LoadTemporary(p.L, "load", fmt.Sprintf("return %d, function() end", i)); err != nil {
			t.Fatal(err)
		}
	}
	if !collect(func() bool { n, f := p.Chunks.sizes(); return n == base && f == 0 }) {
		n, f := p.Chunks.sizes()
		t.Errorf("%d chunks and %d functions left", n-base, f)
	}
}

func TestInnerFunctionKeepsItsChunk(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	outer, err := a.Chunks.LoadTemporary(a.L, "load", "local n = 3\nreturn function() return n end")
	if err != nil {
		t.Fatal(err)
	}
	vs, _ := a.call(outer)
	outer = nil
	collect(func() bool { _, f := a.Chunks.sizes(); return f == 1 })
	got := a.send(t, b, vs[0])
	if r, err := b.call(got[0]); err != nil || r[0] != lua.LNumber(3) {
		t.Error(r, err)
	}
	runtime.KeepAlive(vs)
}

// A function that was sent may be garbage here before the receiver asks for
// its source.
func TestSentChunksStayAWhile(t *testing.T) {
	p := newProcess(t, 1)
	now := time.Now()
	p.Chunks.now = func() time.Time { return now }
	fn, err := p.Chunks.LoadTemporary(p.L, "load", "return 42")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := p.Encode(p.L, "", fn); err != nil {
		t.Fatal(err)
	}
	fn = nil
	h := hashOf("load", "return 42")
	if !collect(func() bool { _, f := p.Chunks.sizes(); return f == 0 }) {
		t.Fatal("the function is not collected")
	}
	for _, step := range []struct {
		after time.Duration
		kept  bool
	}{{0, true}, {sentGrace / 2, true}, {sentGrace/2 - time.Second, true}, {2 * time.Second, false}} {
		now = now.Add(step.after)
		p.Chunks.swept = time.Time{}
		_, _ = p.Chunks.Load(p.L, "other", "return 0")
		if _, _, ok := p.Chunks.Source(h); ok != step.kept {
			t.Errorf("after %v more: kept %v", step.after, ok)
		}
	}
	if len(p.Chunks.dying) != 0 {
		t.Error("a dropped chunk is still on the list")
	}
}

// What came from elsewhere stays until it was decoded, however long that
// takes, and is then dropped when enough others came and nothing holds it.
func TestReceivedChunks(t *testing.T) {
	a, b := newProcess(t, 1), newProcess(t, 2)
	message := func(i int) *Message {
		fn, err := a.Chunks.Load(a.L, "c", fmt.Sprintf("return %d", i))
		if err != nil {
			t.Fatal(err)
		}
		m, err := a.Encode(a.L, "", fn)
		if err != nil {
			t.Fatal(err)
		}
		return m
	}
	fetch := func(m *Message) int {
		missing := b.Missing(m)
		for _, ref := range missing {
			name, source, _ := a.Chunks.Source(ref.Hash)
			if _, err := b.Chunks.Add(name, source); err != nil {
				t.Fatal(err)
			}
		}
		return len(missing)
	}
	base, _ := b.Chunks.sizes()
	queued := make([]*Message, 2*recentChunks)
	for i := range queued {
		queued[i] = message(i)
		if fetch(queued[i]) != 1 {
			t.Fatal("nothing was missing")
		}
	}
	runtime.GC()
	for i, m := range queued {
		vs, err := b.Decode(b.L, m)
		if err != nil {
			t.Fatal(err)
		}
		if r, err := b.call(vs[0]); err != nil || r[0] != lua.LNumber(i) {
			t.Fatal(r, err)
		}
	}
	b.L.SetTop(0)
	if !collect(func() bool { n, _ := b.Chunks.sizes(); return n-base <= recentChunks+1 }) {
		n, _ := b.Chunks.sizes()
		t.Errorf("%d received chunks are kept", n-base)
	}
	if fetch(message(2*recentChunks-1)) != 0 {
		t.Error("a chunk used just now is missing")
	}
	if fetch(message(0)) != 1 {
		t.Error("an old chunk is not missing")
	}
}

// Between Missing and Decode a chunk stays.
func TestMissingHolds(t *testing.T) {
	p := newProcess(t, 1)
	fn, _ := p.Chunks.LoadTemporary(p.L, "load", "return 7")
	m, _ := p.Encode(p.L, "", fn)
	p.Chunks.byHash[hashOf("load", "return 7")].sent = time.Time{}
	fn = nil
	if missing := p.Missing(m); len(missing) > 0 {
		t.Fatal(missing)
	}
	for range 5 {
		runtime.GC()
		time.Sleep(time.Millisecond)
	}
	vs, err := p.Decode(p.L, m)
	if err != nil {
		t.Fatal(err)
	}
	if r, err := p.call(vs[0]); err != nil || r[0] != lua.LNumber(7) {
		t.Error(r, err)
	}
}

func TestChunksFromManyGoroutines(t *testing.T) {
	c := NewChunks()
	var all sync.WaitGroup
	for g := range 8 {
		all.Add(1)
		go func() {
			defer all.Done()
			for i := range 100 {
				source := fmt.Sprintf("return %d", (i+g)%10)
				h, err := c.Add("x", source)
				if err != nil {
					t.Error(err)
				}
				if _, s, ok := c.Source(h); !ok || s != source {
					t.Errorf("%q is %q", source, s)
				}
				if p, err := c.use(h); err != nil || p.protos[0] == nil {
					t.Error(err)
				}
				if i%20 == 0 {
					runtime.GC()
				}
			}
		}()
	}
	all.Wait()
}

func TestFunctionNames(t *testing.T) {
	for _, test := range []struct {
		source string
		line   int
		want   string
	}{
		{"local function f(a) end", 1, "f"}, {"\nfunction m.a:b() end", 2, "m.a:b"}, {"x.y = function () end", 1, "x.y"},
		{"local t = {k = function() end}", 1, "k"}, {"go(function() end)", 1, ""}, {"function f() return function() end end", 1, ""},
		{"x = 1", 7, ""},
	} {
		if got := functionName(test.source, test.line); got != test.want {
			t.Errorf("%q: %q, want %q", test.source, got, test.want)
		}
	}
}
