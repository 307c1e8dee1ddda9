package tree

import lua "github.com/yuin/gopher-lua"

// local is a variable; its register is its place in scopes.active.
type local struct {
	name     string
	captured bool
}

// seen are the local variables that a place in the source sees: those of its
// function, and of the ones around.
type seen struct {
	active []*local
	around *seen
}

// gopher-lua notes from where to where each local variable lives, for
// debug.getlocal, but writes the end of one into the entry that has the number of
// its register, which is another's as soon as a block was closed before. The ends
// are found here by the rules of scope: a variable has ended where a later one has
// its register, and behind the last line of its block. (Code that follows its block
// in the same line still sees it.)

// frame is the variables of a function, in the order in which gopher-lua notes
// them, and the functions in it.
type frame struct {
	vars  []lifetime
	inner []*frame
}

// lifetime is what the source tells of a variable.
type lifetime struct {
	name     string
	register int
	last     int // line of its block; 0 for one that lives as long as the function
}

// settle gives the variables of a function, and of those in it, their ends. Where
// what was compiled is not what was read, all stays as it is.
func (f *frame) settle(proto *lua.FunctionProto) {
	if f.matches(proto) {
		for i, v := range proto.DbgLocals {
			v.EndPc = f.end(i, proto)
		}
	}
	if len(f.inner) == len(proto.FunctionPrototypes) {
		for i, inner := range f.inner {
			inner.settle(proto.FunctionPrototypes[i])
		}
	}
}

func (f *frame) matches(proto *lua.FunctionProto) bool {
	if len(f.vars) != len(proto.DbgLocals) {
		return false
	}
	for i, v := range f.vars {
		if v.name != proto.DbgLocals[i].Name {
			return false
		}
	}
	return true
}

// end returns the first instruction that is past the life of variable i.
func (f *frame) end(i int, proto *lua.FunctionProto) int {
	v, end := f.vars[i], len(proto.Code)
	for j := i + 1; j < len(f.vars); j++ {
		if f.vars[j].register <= v.register {
			end = proto.DbgLocals[j].StartPc
			break
		}
	}
	if v.last == 0 {
		return end
	}
	for pc := proto.DbgLocals[i].StartPc; pc < end && pc < len(proto.DbgSourcePositions); pc++ {
		if proto.DbgSourcePositions[pc] > v.last {
			return pc
		}
	}
	return end
}
