package host

import (
	"maps"
	"slices"
	"strings"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/cluster"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

func checkManager(L *lua.LState, n int, call string) *Manager {
	if ud, ok := L.Get(n).(*lua.LUserData); ok {
		if m, ok := ud.Value.(*Manager); ok {
			m = m.current()
			ud.Value = m // nobody else needs those of jobs that have ended
			return m
		}
	}
	luaerr.RaiseArg(L, call, n, "manager", "a manager expected, got %s", args.Show(L.Get(n)))
	return nil
}

// options reads a table of named arguments. Each key is taken once; what is
// left at the end is a mistake, and the error names it.
type options struct {
	L    *lua.LState
	call string
	left map[string]lua.LValue
	seen []string
}

func readOptions(L *lua.LState, n int, call string) *options {
	o := &options{L: L, call: call, left: map[string]lua.LValue{}}
	switch t := L.Get(n).(type) {
	case *lua.LTable:
		vm.ForEach(t, func(k, v lua.LValue) { o.left[k.String()] = v })
	case *lua.LNilType:
	default:
		luaerr.RaiseArg(L, call, n, "opts", "a table of options expected, got %s", args.Show(t))
	}
	return o
}

func (o *options) take(name string) lua.LValue {
	o.seen = append(o.seen, name)
	v, ok := o.left[name]
	if !ok {
		return lua.LNil
	}
	delete(o.left, name)
	return v
}

func (o *options) wrong(name, want string, got lua.LValue) {
	luaerr.Raise(o.L, luaerr.New(luaerr.Argument, "%s: option '%s' must be %s, got %s", o.call, name, want, args.Show(got)))
}

// done raises when an option was given that the call does not know.
func (o *options) done() {
	for _, name := range slices.Sorted(maps.Keys(o.left)) {
		luaerr.Raise(o.L, luaerr.New(luaerr.Argument, "%s has no option '%s'; it knows %s", o.call, name, strings.Join(o.seen, ", ")))
	}
}

func (o *options) text(name string, to *string) {
	switch v := o.take(name).(type) {
	case *lua.LNilType:
	case lua.LString:
		*to = string(v)
	default:
		o.wrong(name, "a string", v)
	}
}

func (o *options) choice(name string, to *string, values ...string) {
	o.text(name, to)
	if *to != "" && !slices.Contains(values, *to) {
		o.wrong(name, "one of "+strings.Join(values, ", "), lua.LString(*to))
	}
}

func (o *options) mode(name string, to *Mode) {
	text := string(*to)
	o.choice(name, &text, string(MPIOnWorkers), string(TCPTransportAll), string(MPITransportAll))
	*to = Mode(text)
}

func (o *options) count(name string, to *int) {
	switch v := o.take(name).(type) {
	case *lua.LNilType:
	case lua.LNumber:
		if *to = int(v); lua.LNumber(*to) != v || *to < 0 {
			o.wrong(name, "a whole number from 0", v)
		}
	default:
		o.wrong(name, "a whole number from 0", v)
	}
}

func (o *options) seconds(name string, to *time.Duration) {
	switch v := o.take(name).(type) {
	case *lua.LNilType:
	case lua.LNumber:
		if v <= 0 || v != v {
			o.wrong(name, "a positive number of seconds", v)
		}
		*to = cluster.Duration(float64(v))
	default:
		o.wrong(name, "a positive number of seconds", v)
	}
}

func (o *options) boolean(name string, set func(bool)) {
	switch v := o.take(name).(type) {
	case *lua.LNilType:
	case lua.LBool:
		set(bool(v))
	default:
		o.wrong(name, "true or false", v)
	}
}

// words takes a command line: a list of words, or a string that is split as
// a shell would.
func (o *options) words(name string, to *[]string) {
	switch v := o.take(name).(type) {
	case *lua.LNilType:
	case lua.LString:
		words, err := launch.SplitWords(string(v))
		if err != nil {
			luaerr.Raise(o.L, luaerr.New(luaerr.Argument, "%s: option '%s': %w", o.call, name, err))
		}
		*to = words
	case *lua.LTable:
		*to = nil
		for i := range vm.Entries(v) { // it may be arg, which has the script's name as well
			word := vm.GetInt(v, i+1)
			if !lua.LVCanConvToString(word) {
				o.wrong(name, "a string or a list of strings", word)
			}
			*to = append(*to, number.Text(word))
		}
	default:
		o.wrong(name, "a string or a list of strings", v)
	}
}

func (o *options) environment(name string, to *map[string]string) {
	switch v := o.take(name).(type) {
	case *lua.LNilType:
	case *lua.LTable:
		*to = map[string]string{}
		vm.ForEach(v, func(k, v lua.LValue) {
			if k.Type() != lua.LTString || !lua.LVCanConvToString(v) {
				o.wrong(name, "a table of strings", v)
			}
			(*to)[k.String()] = number.Text(v)
		})
	default:
		o.wrong(name, "a table of strings", v)
	}
}

// body takes what is to run on workers; nil when it is not there.
func (o *options) body(name string, in *interp.Interp) *lua.LFunction {
	v := o.take(name)
	fn := cluster.Body(in, o.L, v)
	if fn == nil && v != lua.LNil {
		o.wrong(name, cluster.BodyKinds, v)
	}
	return fn
}

func (o *options) list(name string, to *[]lua.LValue) {
	switch v := o.take(name).(type) {
	case *lua.LNilType:
	case *lua.LTable:
		var ok bool
		if *to, ok = vm.Values(v); !ok {
			luaerr.Raise(o.L, luaerr.New(luaerr.Argument, "%s: option '%s' must be a list: the key %d of the table is too far from the others", o.call, name, vm.MaxN(v)))
		}
	default:
		o.wrong(name, "a list", v)
	}
}

// ranks takes a list of ranks; none is another thing than no list.
func (o *options) ranks(name string, to *[]int) {
	var vs []lua.LValue
	o.list(name, &vs)
	if vs != nil {
		*to = []int{}
	}
	for _, v := range vs {
		n, ok := v.(lua.LNumber)
		if !ok || lua.LNumber(int(n)) != n {
			o.wrong(name, "a list of ranks", v)
		}
		if slices.Contains(*to, int(n)) {
			luaerr.Raise(o.L, luaerr.New(luaerr.Argument, "%s: option '%s' names rank %d twice", o.call, name, int(n)))
		}
		*to = append(*to, int(n))
	}
	slices.Sort(*to)
}
