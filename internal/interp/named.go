package interp

import (
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/tree"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/nearest"
)

const didYouMean = "did you mean %s?"

// describe gives the message of what an instruction cannot do: Lua 5.1's words,
// character for character, and behind ": " what else is known.
func (in *Interp) describe(L *lua.LState, f vm.Fault) string {
	s, ok := siteAt(L, 0)
	switch {
	case !ok:
		return f.Words("", "")
	case vm.IsNative(s.fn):
		return in.describeProtected(L, f)
	}
	p, ok := in.operation(s)
	if !ok {
		return f.Words("", "")
	}
	o := p.Operand(f.Operand)
	if o == nil {
		o = &tree.Operand{}
	}
	words := and(f.Words(o.Kind, o.Name), in.more(p, o, f, f.Attempt != "" && o.Kind != ""))
	return and(words, f.Cure)
}

// describeProtected is describe for what a script gave pcall or xpcall to call:
// Lua 5.1 says neither its name nor where that was.
func (in *Interp) describeProtected(L *lua.LState, f vm.Fault) string {
	words := f.Words("", "")
	s, ok := siteAt(L, 1)
	if !ok {
		return words
	}
	p, ok := in.operation(s)
	if !ok {
		return words
	}
	o := p.Argument(0)
	if o == nil {
		o = &tree.Operand{}
	}
	return and(words, vm.Where(L, 1)+in.more(p, o, f, false))
}

// and joins what Lua 5.1 says and what there is to add.
func and(words, more string) string {
	if more == "" {
		return words
	}
	return words + ": " + more
}

// more is what the message of a fault says beyond Lua 5.1's words, which may have
// named the operand.
func (in *Interp) more(p operation, o *tree.Operand, f vm.Fault, named bool) string {
	said := ""
	switch isNil := f.Value == lua.LNil && p.value(o) == lua.LNil; {
	case p.IsLoop() && f.Attempt != "" && f.Value.Type() == lua.LTTable:
		return fmt.Sprintf(didYouMean, "pairs("+orLeft(o.Path)+")")
	case isNil && o.Variable != nil && o.Variable.Kind == "global":
		said = in.undefined(p, o, named)
	case isNil && o.Object != nil:
		said = in.missing(p, o, f, named)
	case o.Object != nil && f.Key == nil:
		said = method(p, o, f, named)
	}
	switch {
	case said != "":
		return said
	case named && o.Variable != nil && f.Key == nil:
		return "" // there is nothing but the name
	case f.Attempt == "" && o.Path != "":
		return isNow(o.Path, f.Value) + where(p, o, f)
	}
	if text := p.Text(f.Operand); text != "" {
		return "in " + text + where(p, o, f)
	}
	return ""
}

func orLeft(path string) string {
	if path == "" {
		return "…"
	}
	return path
}

// isNow says what an operand is: "'t.x' is nil".
func isNow(path string, v lua.LValue) string {
	if v == lua.LNil {
		return fmt.Sprintf("'%s' is nil", path)
	}
	return fmt.Sprintf("'%s' is %s", path, args.WithArticle(args.Kind(v)))
}

// where says what the keys are that the source has variables for: ", where i is
// 3". It is "" when there are none.
func where(p operation, o *tree.Operand, f vm.Fault) string {
	var parts []string
	add := func(text string, v lua.LValue) {
		parts = append(parts, text+" is "+shown(v))
	}
	if key := p.Key(); f.Key != nil && key != nil && key.Constant == nil && key.Path != "" {
		add(key.Path, f.Key)
	}
	for ; o.Object != nil; o = o.Object {
		if o.Key.Variable != nil {
			add(o.Key.Path, p.value(o.Key))
		}
	}
	if len(parts) == 0 {
		return ""
	}
	slices.Reverse(parts) // as they are written
	return ", where " + strings.Join(slices.Compact(parts), " and ")
}

// shown is a value in a message.
func shown(v lua.LValue) string {
	switch v.(type) {
	case lua.LString, lua.LNumber, lua.LBool, *lua.LNilType:
		return tree.ConstantText(v)
	}
	return args.WithArticle(args.Kind(v))
}

// undefined is what to say of a global that is nil.
func (in *Interp) undefined(p operation, o *tree.Operand, named bool) string {
	name, what, cure := o.Variable.Name, "it is not defined", ""
	if !named {
		what = fmt.Sprintf("global '%s' is not defined", name)
	}
	if in.cfg.Self != nil {
		if self := in.cfg.Self(); self != "" {
			what += " on " + self
			cure = "define it there with cluster.everywhere"
		}
	}
	require := in.modules.offered[name] != nil || in.loadedTable().RawGetString(name) != lua.LNil
	near := nearest.Name(name, append(names(o.Variable.Locals()), fieldNames(p.fn.Env, false)...))
	switch {
	case require && named:
		return fmt.Sprintf("say local %s = require \"%s\"", name, name)
	case require:
		cure = fmt.Sprintf("say local %s = require \"%s\"", name, name)
	case near != "":
		cure = fmt.Sprintf(didYouMean, near)
	case cure == "" && named:
		return "" // nil says as much
	}
	return and(what, cure)
}

// missing is what to say of a field that is nil: what it was meant to be, "" when
// that is not known.
func (in *Interp) missing(p operation, o *tree.Operand, f vm.Fault, named bool) string {
	name, ok := o.Key.Constant.(lua.LString)
	if !ok || !tree.IsName(string(name)) {
		return "" // [i], whose name says nothing of its value
	}
	called := f.Attempt == "call"
	if said := in.lacks(p.object(o), string(name), called); said != "" {
		return said
	}
	near := meant(p.object(o), string(name))
	if near == "" {
		near = nearest.Name(string(name), fieldNames(p.object(o), called))
	}
	if list, ok := p.object(o).(*lua.LTable); ok && near == "" && called {
		return onList(list, o.Object.Path, string(name))
	}
	if near == "" {
		return ""
	}
	near = fmt.Sprintf(didYouMean, spelled(o, string(name), near, called && p.object(o).Type() == lua.LTUserData))
	if named || o.Path == "" {
		return near
	}
	return and(isNow(o.Path, lua.LNil), near)
}

// onList is what to say of a name that is called as if tables had methods, as the
// lists of other languages have; "" for other names, and tables with a metatable.
func onList(list *lua.LTable, path, name string) string {
	if list.Metatable != lua.LNil || !tree.IsName(path) {
		return ""
	}
	switch name {
	case "append", "push", "add":
		return fmt.Sprintf("table.insert(%s, value) appends", path)
	case "insert":
		return fmt.Sprintf("write table.insert(%s, …)", path)
	case "remove", "pop":
		return fmt.Sprintf("write table.remove(%s, …)", path)
	case "concat", "join":
		return fmt.Sprintf("write table.concat(%s, …)", path)
	case "sort":
		return fmt.Sprintf("write table.sort(%s)", path)
	}
	return ""
}

// meant is what a name was meant to be, as the table __meant of a value's metatable
// tells that has the names which others use: {Get_rank = "rank"}. With a dot before
// it, it is a field and no method; with one inside, it is to be found elsewhere. ""
// is for a name that is not there.
func meant(v lua.LValue, name string) string {
	mt := lua.LValue(lua.LNil)
	switch v := v.(type) {
	case *lua.LTable:
		mt = v.Metatable
	case *lua.LUserData:
		mt = v.Metatable
	}
	is, _ := rawGet(rawGet(mt, lua.LString("__meant")), lua.LString(name)).(lua.LString)
	return string(is)
}

// spelled is how a script writes a field that is near to the name that it wrote;
// method says that it is called with ':'.
func spelled(o *tree.Operand, name, near string, method bool) string {
	at := strings.LastIndexByte(near, '.')
	path := strings.TrimSuffix(o.Path, name)
	switch {
	case at > 0:
		return near
	case o.Object.Path == "" || path == "":
		return near[at+1:]
	case at == 0:
		return path[:len(path)-1] + near
	case method:
		return path[:len(path)-1] + ":" + near
	}
	return path + near
}

// method is what to say of a method of a userdata that was not called: "" for
// anything else.
func method(p operation, o *tree.Operand, f vm.Fault, named bool) string {
	name, ok := o.Key.Constant.(lua.LString)
	if !ok || o.Path == "" || f.Value.Type() != lua.LTFunction || p.object(o).Type() != lua.LTUserData {
		return ""
	}
	cure := fmt.Sprintf("is a method: write %s()", spelled(o, string(name), string(name), true))
	if named {
		return "it " + cure
	}
	return fmt.Sprintf("'%s' %s", o.Path, cure)
}

// lacks is what to say of a name that a loaded module does not have; "" when the
// object is none.
func (in *Interp) lacks(object lua.LValue, name string, called bool) string {
	if object.Type() == lua.LTString {
		object = in.loadedTable().RawGetString(lua.StringLibName) // where methods of strings are
	}
	module := ""
	vm.ForEach(in.loadedTable(), func(name, loaded lua.LValue) {
		if loaded == object && loaded.Type() == lua.LTTable {
			module = name.String()
		}
	})
	if module == "" {
		return ""
	}
	short, what := name, "field"
	if called {
		what = "function"
	}
	if n := len(module) + 1; len(short) > n && strings.EqualFold(short[:n], module+"_") {
		short = short[n:] // mpi.MPI_Send
	}
	said := fmt.Sprintf("%s has no %s '%s'", module, what, name)
	near := meant(object, short)
	if near == "" {
		near = nearest.Name(short, fieldNames(object, called))
	}
	if near != "" {
		return and(said, fmt.Sprintf(didYouMean, module+"."+near))
	}
	return said
}

// names leaves those of a list that a script can write.
func names(list []string) []string {
	return slices.DeleteFunc(list, func(name string) bool { return !tree.IsName(name) })
}

// manyFields is of how many fields a table may be to look through them for a
// name, at each error.
const manyFields = 1000

// fieldNames lists the fields that a value has, itself or by its metatable,
// as far as tables tell; none when they are too many.
func fieldNames(v lua.LValue, functions bool) (names []string) {
	for range 3 { // classes that inherit
		mt := lua.LValue(lua.LNil)
		switch v := v.(type) {
		case *lua.LTable:
			seen := 0
			for key, value, _ := vm.Next(v, lua.LNil); key != lua.LNil; key, value, _ = vm.Next(v, key) {
				if name, ok := key.(lua.LString); ok && tree.IsName(string(name)) && (!functions || value.Type() == lua.LTFunction) {
					names = append(names, string(name))
				}
				if seen++; seen > manyFields {
					return nil
				}
			}
			mt = v.Metatable
		case *lua.LUserData:
			mt = v.Metatable
		}
		index := rawGet(mt, lua.LString("__index"))
		if index.Type() == lua.LTFunction {
			index = rawGet(mt, lua.LString("methods")) // where it looks for them
		}
		v = index
	}
	return names
}
