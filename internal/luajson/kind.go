package luajson

import (
	"fmt"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

const (
	// maxDepth is how many lists and objects may stand in one another, both ways.
	maxDepth = 1000
	// maxText is the longest text, in bytes: that of a string.
	maxText = 1<<31 - 1
	// kindField is the field of a metatable that says which of the two a table is,
	// "array" or "object", as other JSON modules of Lua have it.
	kindField = "__jsontype"
	kindList  = lua.LString("array")
	kindMap   = lua.LString("object")
)

// counter counts values, and says now and then whether there is a reason not to go on.
type counter struct {
	interrupted func() error
	values      int
}

// askEvery is after how many values a counter asks.
const askEvery = 1 << 14

func (c *counter) count() error {
	if c.values++; c.values%askEvery != 0 || c.interrupted == nil {
		return nil
	}
	return c.interrupted()
}

// kindOf reports what the metatable of a table says that it is, "" for nothing.
func kindOf(t *lua.LTable) (lua.LString, error) {
	mt, ok := t.Metatable.(*lua.LTable)
	if !ok {
		return "", nil
	}
	switch v := mt.RawGetString(kindField); v {
	case lua.LNil:
		return "", nil
	case kindList, kindMap:
		return v.(lua.LString), nil
	default:
		return "", fmt.Errorf("%s of its metatable is %s: \"array\" or \"object\" expected", kindField, args.Show(v))
	}
}
