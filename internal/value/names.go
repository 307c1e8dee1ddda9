package value

import (
	"regexp"
	"strconv"
	"strings"
	"unsafe"

	"github.com/vmihailenco/msgpack/v5"
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// Names are the values that travel by name: "math.floor", "mpi.SUM".
//
// It is a snapshot of each module as AddModule saw it, since that is what a
// receiver has after its own require: a function that a script adds to a
// module later travels as an ordinary value; one that it replaces is, for
// whoever still holds it, the receiver's original. A table that a module held
// when it was loaded is the receiver's own table, with what that process has
// put in it.
//
// It belongs to the interpreter: only its holder may call.
type Names struct {
	paths  map[unsafe.Pointer]string // identity of a value → path, in its encoded form
	values map[string]lua.LValue     // the other way round
}

// NewNames makes an empty index.
func NewNames() *Names {
	return &Names{paths: map[unsafe.Pointer]string{}, values: map[string]lua.LValue{}}
}

// step is one step of a path: a string, number or boolean key of a table, or
// nil for the metatable of a table or userdata.
type step = lua.LValue

// AddModule indexes every table, function and userdata that can be reached
// from a loaded module through tables and metatables, by the shortest path.
// What an earlier module holds keeps that name and is not walked again; so
// the globals, "_G", are to be added before any script has run, and other
// modules when they are loaded. But a table that is itself the module, and was
// known as a part of another one, gets the name of the module that has filled
// it since: a receiver that requires only the other would find it empty.
func (n *Names) AddModule(name string, module lua.LValue) {
	type entry struct {
		v    lua.LValue
		path string
	}
	todo := []entry{{module, encodePath(name)}}
	add := func(v lua.LValue, path string, s step) {
		if _, known := n.paths[identity(v)]; !known && identity(v) != nil {
			todo = append(todo, entry{v, extendPath(path, s)})
		}
	}
	filled := n.isPart(module)
	for len(todo) > 0 {
		e := todo[0]
		todo = todo[1:]
		id := identity(e.v)
		if _, known := n.paths[id]; known && !filled || id == nil {
			continue
		}
		filled = false // the others are what it holds
		n.paths[id] = e.path
		n.values[e.path] = e.v
		switch v := e.v.(type) {
		case *lua.LTable:
			inOrder(v, func(k, inner lua.LValue) {
				switch k.(type) {
				case lua.LString, lua.LNumber, lua.LBool:
					add(inner, e.path, k)
				}
			})
			add(v.Metatable, e.path, lua.LNil)
		case *lua.LUserData:
			add(v.Metatable, e.path, lua.LNil)
		}
	}
}

// isPart reports whether a table is known as what a module other than the globals
// holds.
func (n *Names) isPart(v lua.LValue) bool {
	path, known := n.paths[identity(v)]
	if !known || v.Type() != lua.LTTable {
		return false
	}
	module, steps, err := parsePath(path)
	return err == nil && module != "_G" && len(steps) > 0
}

// Name tells the name of a value, "math.floor", for messages to people.
func (n *Names) Name(v lua.LValue) (string, bool) {
	path, ok := n.paths[identity(v)]
	if !ok {
		return "", false
	}
	return showPath(path), true
}

// identity is the address of what v refers to, nil for values without one.
func identity(v lua.LValue) unsafe.Pointer {
	switch v := v.(type) {
	case *lua.LTable:
		return unsafe.Pointer(v)
	case *lua.LFunction:
		return unsafe.Pointer(v)
	case *lua.LUserData:
		return unsafe.Pointer(v)
	}
	return nil
}

// inOrder calls f for each entry of t, in the order in which next gives them.
func inOrder(t *lua.LTable, f func(k, v lua.LValue)) {
	n := vm.Length(t)
	for i := 1; i <= n; i++ {
		if v := vm.GetInt(t, i); v != lua.LNil {
			f(lua.LNumber(i), v)
		}
	}
	fieldsAfter(t, n, f)
}

// fieldsAfter calls f for each field of t after the n places of its list.
func fieldsAfter(t *lua.LTable, n int, f func(k, v lua.LValue)) {
	from := lua.LValue(lua.LNil)
	if n > 0 {
		from = lua.LNumber(n)
	}
	for k, v, _ := vm.Next(t, from); k != lua.LNil; k, v, _ = vm.Next(t, k) {
		f(k, v)
	}
}

// encodePath and extendPath make the form in which paths travel: the module's
// name and the steps as MessagePack values.
func encodePath(module string) string {
	var w buffer
	_ = msgpack.NewEncoder(&w).EncodeString(module)
	return string(w.b)
}

func extendPath(path string, s step) string {
	var w buffer
	e := msgpack.NewEncoder(&w)
	switch s := s.(type) {
	case lua.LString:
		_ = e.EncodeString(string(s))
	case lua.LNumber:
		_ = e.EncodeFloat64(float64(s))
	case lua.LBool:
		_ = e.EncodeBool(bool(s))
	default:
		_ = e.EncodeNil()
	}
	return path + string(w.b)
}

// parsePath takes a path apart.
func parsePath(path string) (module string, steps []step, err error) {
	s := &source{}
	s.dec = msgpack.NewDecoder(&s.reader)
	s.reset([]byte(path), 0)
	name, err := s.bytes()
	for err == nil && s.left() > 0 {
		var v lua.LValue
		if v, err = s.scalar(); err == nil {
			steps = append(steps, v)
		}
	}
	return string(name), steps, err
}

// showPath writes a path as a script would, "math.floor".
func showPath(path string) string {
	module, steps, err := parsePath(path)
	if err != nil {
		return strconv.Quote(path)
	}
	if module == "_G" && len(steps) > 0 {
		if s, ok := steps[0].(lua.LString); ok {
			module, steps = string(s), steps[1:]
		}
	}
	var b strings.Builder
	b.WriteString(module)
	for _, s := range steps {
		if s == lua.LNil {
			b.WriteString(" (metatable)")
		} else {
			b.WriteString(showKey(s))
		}
	}
	return b.String()
}

// showKey writes a step into a table as a script would: .name, [3], ["a b"].
func showKey(k lua.LValue) string {
	switch k := k.(type) {
	case lua.LString:
		if identifier.MatchString(string(k)) {
			return "." + string(k)
		}
		return "[" + strconv.Quote(string(k)) + "]"
	case lua.LNumber, lua.LBool:
		return "[" + number.Text(k) + "]"
	default:
		return "[" + k.Type().String() + "]"
	}
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)
