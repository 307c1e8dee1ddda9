package cluster

import (
	"context"
	"encoding/binary"
	"slices"
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/eval"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// Services about functions that are sent once and called often. Their
// parameters begin with the key that the sender gave the function.
const (
	serviceInstall   = "install"   // the message holds the function
	serviceUninstall = "uninstall" // forget it
	serviceApply     = "apply"     // call it with the values of the message
)

// library holds the functions that other processes have sent here to be
// called often.
type library struct {
	mu        sync.Mutex
	functions map[libraryKey]*installed
}

type libraryKey struct {
	from rpc.Pid
	key  uint64
}

// installed is a function as it came, and once a caching pool called it the
// function itself, with what it has made of its captured variables.
type installed struct {
	message *value.Message
	fn      lua.LValue // who holds the interpreter owns it
}

func (l *library) open() { l.functions = map[libraryKey]*installed{} }

func keyOf(r *rpc.Incoming) (key libraryKey, rest []byte) {
	n, size := binary.Uvarint(r.Data)
	if size <= 0 {
		return libraryKey{from: r.From}, nil
	}
	return libraryKey{r.From, n}, r.Data[size:]
}

func (m *Module) serveInstall(r *rpc.Incoming) {
	key, _ := keyOf(r)
	m.library.mu.Lock()
	m.library.functions[key] = &installed{message: r.Message}
	m.library.mu.Unlock()
	r.Post(rpc.Reply{})
}

func (m *Module) serveUninstall(r *rpc.Incoming) {
	key, _ := keyOf(r)
	m.library.mu.Lock()
	delete(m.library.functions, key)
	m.library.mu.Unlock()
	r.Post(rpc.Reply{})
}

func (l *library) find(key libraryKey) (*installed, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	f := l.functions[key]
	if f == nil || f.message == nil {
		return nil, luaerr.New(luaerr.Argument, "the function to be called has not arrived")
	}
	return f, nil
}

// forget drops what a process that is lost had sent.
func (l *library) forget(pid rpc.Pid, _ *luaerr.Error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.functions {
		if key.from == pid {
			delete(l.functions, key)
		}
	}
}

// fresh makes the function as it was sent, for a request that calls it.
func (m *Module) fresh(L *lua.LState, r *rpc.Incoming, f *installed) (lua.LValue, error) {
	vs, err := m.Eval.ArgumentsOf(L, r, f.message.Clone())
	if err == nil && len(vs) != 1 {
		err = luaerr.New(luaerr.Argument, "a function of %d values", len(vs))
	}
	if err != nil {
		return nil, err
	}
	return vs[0], nil
}

func (m *Module) serveApply(r *rpc.Incoming) {
	m.Eval.Serve(r, eval.CallLabel(r), func(t *interp.Task) rpc.Reply {
		key, _ := keyOf(r)
		f, err := m.library.find(key)
		if err == nil && f.fn == nil {
			f.fn, err = m.fresh(t.L(), r, f)
		}
		var args []lua.LValue
		if err == nil {
			args, err = m.Eval.Arguments(t.L(), r)
		}
		if err != nil {
			return m.Eval.Raise(t.L(), err)
		}
		return m.Eval.Apply(t, f.fn, args, eval.All)
	})
}

// cache is what a caching pool has sent: each function once to each worker.
type cache struct {
	module *Module

	mu        sync.Mutex
	functions map[*lua.LFunction]*sentFunction
}

var lastKey atomic.Uint64

// sentFunction is a function that is sent to workers when they first need it.
// It keeps the references in it alive.
type sentFunction struct {
	module  *Module
	key     uint64
	message *value.Message

	mu   sync.Mutex
	sent []rpc.Pid
}

func newCache(m *Module) *cache {
	return &cache{module: m, functions: map[*lua.LFunction]*sentFunction{}}
}

// newSent encodes a function, or raises why it cannot travel. Arrays in it
// are copied.
func (m *Module) newSent(L *lua.LState, fn lua.LValue) *sentFunction {
	msg := m.message(L, "the function", fn, nil).Detach()
	return &sentFunction{module: m, key: lastKey.Add(1), message: msg}
}

// function gives the record of a function, encoding it when it is new.
func (c *cache) function(L *lua.LState, fn lua.LValue) *sentFunction {
	f := fn.(*lua.LFunction)
	c.mu.Lock()
	s := c.functions[f]
	c.mu.Unlock()
	if s == nil {
		s = c.module.newSent(L, fn)
		c.mu.Lock()
		c.functions[f] = s
		c.mu.Unlock()
	}
	return s
}

// clear makes the workers forget all functions.
func (c *cache) clear() {
	c.mu.Lock()
	all := c.functions
	c.functions = map[*lua.LFunction]*sentFunction{}
	c.mu.Unlock()
	for _, s := range all {
		s.drop()
	}
}

func (s *sentFunction) data() []byte { return binary.AppendUvarint(nil, s.key) }

// install takes the function's place in the line to a worker that does not
// have it; nil when it has. Sent must follow.
func (s *sentFunction) install(pid rpc.Pid) *rpc.Call {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.sent, pid) {
		return nil
	}
	s.sent = append(s.sent, pid)
	return s.module.start(pid, rpc.Request{Service: serviceInstall, Data: s.data(), Message: s.message})
}

// lost notes that the function did not go out to a worker after all.
func (s *sentFunction) lost(pid rpc.Pid) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = slices.DeleteFunc(s.sent, func(p rpc.Pid) bool { return p == pid })
}

// drop makes the workers forget the function.
func (s *sentFunction) drop() {
	s.mu.Lock()
	pids := s.sent
	s.sent = nil
	s.mu.Unlock()
	for _, pid := range pids {
		if s.module.Node.IsMember(pid) {
			_ = s.module.Node.Tell(context.Background(), pid, rpc.Request{Service: serviceUninstall, Data: s.data(), Background: true})
		}
	}
}
