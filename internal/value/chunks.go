package value

import (
	"runtime"
	"sync"
	"time"
	"weak"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Chunks are the sources that a process has loaded or received, under the
// hash of name and source, and where each function of theirs stands.
// All methods may be called at any time from any goroutine.
//
// What Load compiled stays. The rest goes when nothing holds it any more:
// what LoadTemporary compiled once no function of it is alive and none was
// sent within the last ten minutes (a receiver may still ask for the source);
// what Add brought once it was decoded, no function of it is alive, and it is
// not among the last 256 decoded. It can always be asked for again from the
// Home of the message that needs it.
type Chunks struct {
	mu     sync.Mutex
	byHash map[Hash]*chunk
	strong map[*lua.FunctionProto]place              // functions of chunks that stay
	weakly map[weak.Pointer[lua.FunctionProto]]place // functions of the others
	recent [recentChunks]*program                    // a ring: keeps what is called again and again compiled
	next   int                                       // in recent
	dying  []*chunk                                  // no function alive, but sent not long ago
	swept  time.Time                                 // when dying was last looked through
	now    func() time.Time                          // time.Now but in tests
}

const (
	recentChunks = 256
	sentGrace    = 10 * time.Minute
	sweepEvery   = time.Minute
)

// place is where a function stands.
type place struct {
	chunk *chunk
	index int
}

type chunk struct {
	hash         Hash
	name, source string
	permanent    bool
	program      *program // when permanent, or received and not yet decoded
	weakProgram  weak.Pointer[program]
	weakRoot     weak.Pointer[lua.FunctionProto]
	live         int // functions not yet collected; counted while not permanent
	sent         time.Time
}

// NewChunks makes an empty store.
func NewChunks() *Chunks {
	return &Chunks{
		byHash: map[Hash]*chunk{},
		strong: map[*lua.FunctionProto]place{},
		weakly: map[weak.Pointer[lua.FunctionProto]]place{},
		now:    time.Now,
	}
}

// Load compiles a chunk (a script, a module, a file) and keeps it for as long
// as the process lives. The function runs in the globals. The error of a
// source that cannot be compiled is "job.lua:3: unexpected symbol near 'x'".
func (c *Chunks) Load(L *lua.LState, name, source string) (*lua.LFunction, error) {
	return c.load(L, name, source, true)
}

// LoadTemporary is Load for load and loadstring: the chunk is dropped when
// nothing holds a function of it.
func (c *Chunks) LoadTemporary(L *lua.LState, name, source string) (*lua.LFunction, error) {
	return c.load(L, name, source, false)
}

func (c *Chunks) load(L *lua.LState, name, source string, permanent bool) (*lua.LFunction, error) {
	_, p, err := c.keep(name, source, permanent, false)
	if err != nil {
		return nil, err
	}
	fn := L.NewFunctionFromProto(p.protos[0])
	fn.Env = L.G.Global
	return fn, nil
}

// Add takes a chunk that another process sent, and returns its hash.
func (c *Chunks) Add(name, source string) (Hash, error) {
	h, _, err := c.keep(name, source, false, true)
	return h, err
}

// AddAs is Add for a chunk that was asked for by its hash: another one is
// refused before it is compiled.
func (c *Chunks) AddAs(h Hash, name, source string) error {
	if hashOf(name, source) != h {
		return luaerr.New(luaerr.Argument, "the source that came for chunk %x is another one", h)
	}
	_, err := c.Add(name, source)
	return err
}

// Source returns a chunk to send to a process that lacks it.
func (c *Chunks) Source(h Hash) (name, source string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.byHash[h]
	if k == nil {
		return "", "", false
	}
	return k.name, k.source, true
}

// Text returns the source of the chunk of a function that was compiled here.
func (c *Chunks) Text(proto *lua.FunctionProto) (source string, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.strong[proto]
	if !ok {
		if at, ok = c.weakly[weak.Make(proto)]; !ok {
			return "", false
		}
	}
	return at.chunk.source, true
}

// Locate tells in which chunk a function that was compiled here stands, and as
// which of its functions, for LoadFunction.
func (c *Chunks) Locate(proto *lua.FunctionProto) (name, source string, index int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.strong[proto]
	if !ok {
		if at, ok = c.weakly[weak.Make(proto)]; !ok {
			return "", "", 0, false
		}
	}
	return at.chunk.name, at.chunk.source, at.index, true
}

// LoadFunction is LoadTemporary for one of the functions of a chunk. What it
// captures is nil.
func (c *Chunks) LoadFunction(L *lua.LState, name, source string, index int) (*lua.LFunction, error) {
	_, p, err := c.keep(name, source, false, false)
	if err != nil {
		return nil, err
	}
	if index < 0 || index >= len(p.protos) {
		return nil, malformed("function %d of a chunk of %d", index, len(p.protos))
	}
	fn := L.NewFunctionFromProto(p.protos[index])
	fn.Env = L.G.Global
	for i := range fn.Upvalues {
		fn.Upvalues[i] = &lua.Upvalue{}
		fn.Upvalues[i].Close()
		fn.Upvalues[i].SetValue(lua.LNil)
	}
	return fn, nil
}

// keep finds or makes the chunk and its program. A received chunk's program
// is held until it is first decoded.
func (c *Chunks) keep(name, source string, permanent, received bool) (Hash, *program, error) {
	h := hashOf(name, source)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.sweep()
	k := c.byHash[h]
	if k == nil {
		k = &chunk{hash: h, name: name, source: source, permanent: permanent}
		c.byHash[h] = k
	}
	p, err := c.compiled(k)
	if err != nil {
		if k.live == 0 && k.program == nil {
			delete(c.byHash, h)
		}
		return h, nil, err
	}
	if permanent && !k.permanent {
		k.permanent = true
		c.register(k, p)
	}
	if received {
		k.program = p
	}
	return h, p, nil
}

// compiled returns the program of k, compiling it if it is not in memory. The
// lock is let go of meanwhile.
func (c *Chunks) compiled(k *chunk) (*program, error) {
	if p := k.loaded(); p != nil {
		return p, nil
	}
	c.mu.Unlock()
	p, err := compile(k.name, k.source)
	c.mu.Lock()
	if err != nil {
		return nil, err
	}
	if other := k.loaded(); other != nil { // somebody was faster
		return other, nil
	}
	c.byHash[k.hash] = k
	c.register(k, p)
	return p, nil
}

// register notes where the functions of k stand.
func (c *Chunks) register(k *chunk, p *program) {
	if k.permanent {
		k.program = p
		for i, proto := range p.protos {
			c.strong[proto] = place{k, i}
		}
		return
	}
	k.weakProgram = weak.Make(p)
	k.weakRoot = weak.Make(p.protos[0])
	for i, proto := range p.protos {
		key := weak.Make(proto)
		c.weakly[key] = place{k, i}
		k.live++
		runtime.AddCleanup(proto, c.collected, key)
	}
}

// loaded returns k's program if it is in memory.
func (k *chunk) loaded() *program {
	if k.program != nil {
		return k.program
	}
	if p := k.weakProgram.Value(); p != nil {
		return p
	}
	if root := k.weakRoot.Value(); root != nil {
		p := newProgram(root)
		k.weakProgram = weak.Make(p)
		return p
	}
	return nil
}

// collected is called when a function's prototype is garbage.
func (c *Chunks) collected(key weak.Pointer[lua.FunctionProto]) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.weakly[key].chunk
	delete(c.weakly, key)
	if k.live--; k.live > 0 {
		return
	}
	if c.now().Sub(k.sent) < sentGrace {
		c.dying = append(c.dying, k)
	} else {
		c.drop(k)
	}
}

func (c *Chunks) drop(k *chunk) {
	if k.live == 0 && !k.permanent && c.byHash[k.hash] == k {
		delete(c.byHash, k.hash)
	}
}

// sweep drops what died and was not sent of late.
func (c *Chunks) sweep() {
	now := c.now()
	if len(c.dying) == 0 || now.Sub(c.swept) < sweepEvery {
		return
	}
	c.swept = now
	still := c.dying[:0]
	for _, k := range c.dying {
		if k.live == 0 && now.Sub(k.sent) < sentGrace {
			still = append(still, k)
		} else {
			c.drop(k)
		}
	}
	clear(c.dying[len(still):])
	c.dying = still
}

// find reports where a function stands that is about to be sent.
func (c *Chunks) find(proto *lua.FunctionProto) (h Hash, index int, ok bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	at, ok := c.strong[proto]
	if !ok {
		if at, ok = c.weakly[weak.Make(proto)]; !ok {
			return h, 0, false
		}
		at.chunk.sent = c.now()
	}
	return at.chunk.hash, at.index, true
}

// hold reports whether a chunk is here, and keeps it in m until m is decoded.
func (c *Chunks) hold(h Hash, m *Message) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.byHash[h]
	if k == nil {
		return false
	}
	if !k.permanent {
		if p := k.loaded(); p != nil {
			m.held = append(m.held, p)
		}
	}
	return true
}

// use returns the program of a chunk to make functions of.
func (c *Chunks) use(h Hash) (*program, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	k := c.byHash[h]
	if k == nil {
		return nil, luaerr.New(luaerr.Argument, "the source of a function (chunk %x) is not known on this process", h)
	}
	p, err := c.compiled(k)
	if err != nil || k.permanent {
		return p, err
	}
	k.program = nil
	if !p.recent {
		if old := c.recent[c.next]; old != nil {
			old.recent = false
		}
		p.recent = true
		c.recent[c.next] = p
		c.next = (c.next + 1) % recentChunks
	}
	return p, nil
}
