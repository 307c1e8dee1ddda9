package value

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// resolve returns the value of a path on this process.
func (c *Codec) resolve(L *lua.LState, path string) (lua.LValue, error) {
	if v, ok := c.Names.values[path]; ok {
		return v, nil
	}
	module, steps, err := parsePath(path)
	if err != nil {
		return nil, err
	}
	if module == "_G" && len(steps) == 0 {
		return L.G.Global, nil
	}
	v := c.Names.values[encodePath(module)]
	if v == nil {
		if c.Resolve == nil {
			return nil, unknownName(path)
		}
		if v, err = c.Resolve(L, module); err != nil {
			return nil, resolveError(path, err)
		}
		if named, ok := c.Names.values[path]; ok {
			return named, nil
		}
	}
	if v = walk(v, steps); v == nil || v == lua.LNil {
		return nil, unknownName(path)
	}
	return v, nil
}

// walk follows steps from v, nil where there is nothing.
func walk(v lua.LValue, steps []step) lua.LValue {
	for _, s := range steps {
		switch at := v.(type) {
		case *lua.LTable:
			if s == lua.LNil {
				v = at.Metatable
			} else {
				v = vm.RawGet(at, s)
			}
		case *lua.LUserData:
			if s != lua.LNil {
				return nil
			}
			v = at.Metatable
		default:
			return nil
		}
	}
	return v
}

func unknownName(path string) error {
	return luaerr.New(luaerr.Argument, "%s is not known on this process", showPath(path))
}

// resolveError names the value whose module could not be had.
func resolveError(path string, err error) error {
	e := *luaerr.From(err)
	e.Message = showPath(path) + " is not known on this process: " + e.Message
	e.Cause = err
	return &e
}
