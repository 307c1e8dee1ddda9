package array

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// elementAccess marks the functions that read and write elements and give the length, as
// long as they are those of this package.
var elementAccess = &vm.Intrinsic{Name: "array access"}

// Plain reports whether a[i], a[i] = v and #a of a userdata with an array do what
// they do for all arrays: a script can change their metatable.
func Plain(ud *lua.LUserData) bool {
	mt, ok := ud.Metatable.(*lua.LTable)
	if !ok {
		return false
	}
	for _, name := range []string{"__index", "__newindex", "__len"} {
		v, _ := vm.FieldOf(mt, name)
		if fn, ok := v.(*lua.LFunction); !ok || vm.IntrinsicOf(fn) != elementAccess {
			return false
		}
	}
	return true
}
