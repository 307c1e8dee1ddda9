package cluster

import (
	"encoding/binary"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/node"
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
	from node.Pid
	key  uint64
}

// installed is a function as it came, and once a caching pool called it the
// function itself, with what it has made of its captured variables.
type installed struct {
	message *value.Message
	fn      lua.LValue // who holds the interpreter owns it
}

func (l *library) open() { l.functions = map[libraryKey]*installed{} }

func keyOf(r *node.Request) (key libraryKey, rest []byte) {
	n, size := binary.Uvarint(r.Meta)
	if size <= 0 {
		return libraryKey{from: r.From}, nil
	}
	return libraryKey{r.From, n}, r.Meta[size:]
}

func (m *Module) startInstall(r *node.Request) {
	key, _ := keyOf(r)
	m.library.mu.Lock()
	m.library.functions[key] = &installed{message: r.Message}
	m.library.mu.Unlock()
	r.Post(node.Reply{})
}

func (m *Module) startUninstall(r *node.Request) {
	key, _ := keyOf(r)
	m.library.mu.Lock()
	delete(m.library.functions, key)
	m.library.mu.Unlock()
	r.Post(node.Reply{})
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

// forget drops what a process that is gone had sent.
func (l *library) forget(pid node.Pid) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for key := range l.functions {
		if key.from == pid {
			delete(l.functions, key)
		}
	}
}

// fresh gives the function as it was sent.
func (m *Module) fresh(L *lua.LState, f *installed) (lua.LValue, error) {
	vs, err := m.node.Codec().Decode(L, f.message.Clone())
	if err == nil && len(vs) != 1 {
		err = luaerr.New(luaerr.Argument, "a function of %d values", len(vs))
	}
	if err != nil {
		return nil, err
	}
	return vs[0], nil
}

func (m *Module) startApply(r *node.Request) {
	m.node.Serve(r, fmt.Sprintf("call from pid %d", r.From), func(t *interp.Task) node.Reply {
		key, _ := keyOf(r)
		f, err := m.library.find(key)
		if err == nil && f.fn == nil {
			f.fn, err = m.fresh(t.L(), f)
		}
		var vs []lua.LValue
		if err == nil {
			vs, err = m.node.Arguments(t.L(), r)
		}
		if err == nil {
			vs, err = t.Call(f.fn, vs...)
		}
		if err != nil {
			return m.node.Raise(t.L(), err)
		}
		return m.node.AnswerOf(t.L(), f.fn, vs, nil)
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
	sent []node.Pid
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

func (s *sentFunction) meta() []byte { return binary.AppendUvarint(nil, s.key) }

// install takes the function's place in the line to a worker that does not
// have it; nil when it has. Go must follow.
func (s *sentFunction) install(pid node.Pid) *node.Begun {
	s.mu.Lock()
	defer s.mu.Unlock()
	if slices.Contains(s.sent, pid) {
		return nil
	}
	s.sent = append(s.sent, pid)
	return s.module.node.Prepare(pid, node.Ask{
		Service: serviceInstall, Meta: s.meta(), Message: s.message, Answer: func(*node.Reply, error) {},
	})
}

// lost notes that the function did not go out to a worker after all.
func (s *sentFunction) lost(pid node.Pid) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sent = slices.DeleteFunc(s.sent, func(p node.Pid) bool { return p == pid })
}

// drop makes the workers forget the function.
func (s *sentFunction) drop() {
	s.mu.Lock()
	pids := s.sent
	s.sent = nil
	s.mu.Unlock()
	for _, pid := range pids {
		if s.module.node.IsMember(pid) {
			s.module.node.Post(pid, node.Ask{Service: serviceUninstall, Meta: s.meta(), Answer: func(*node.Reply, error) {}})
		}
	}
}
