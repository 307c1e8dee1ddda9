package luaerr

import (
	"regexp"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
)

// How much of a table a report shows.
const (
	shownFields = 12
	shownDepth  = 3
	shownText   = 80  // bytes of a string
	shownBytes  = 400 // of all
)

// showTable writes the fields of a table that was raised as a script would,
// "{code = 5, text = "disk full"}": of a large one the first fields, of a deep
// one the first levels.
func showTable(t *lua.LTable) string {
	s := shower{open: map[*lua.LTable]bool{}}
	s.table(t, 1)
	return s.String()
}

type shower struct {
	strings.Builder
	open map[*lua.LTable]bool // that are being written
}

func (s *shower) table(t *lua.LTable, depth int) {
	if s.open[t] || depth > shownDepth {
		s.WriteString("{…}")
		return
	}
	s.open[t] = true
	defer delete(s.open, t)
	s.WriteByte('{')
	n := t.MaxN()
	shown := 0
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		if shown > 0 {
			s.WriteString(", ")
		}
		if shown == shownFields || s.Len() > shownBytes {
			s.WriteString("…")
			break
		}
		if i, ok := k.(lua.LNumber); !ok || int(i) != shown+1 || shown >= n {
			s.key(k)
			s.WriteString(" = ")
		}
		s.value(v, depth)
		shown++
	}
	s.WriteByte('}')
}

var identifier = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`)

func (s *shower) key(k lua.LValue) {
	if name, ok := k.(lua.LString); ok && len(name) <= shownText && identifier.MatchString(string(name)) {
		s.WriteString(string(name))
		return
	}
	s.WriteByte('[')
	s.value(k, shownDepth)
	s.WriteByte(']')
}

func (s *shower) value(v lua.LValue, depth int) {
	switch v := v.(type) {
	case lua.LString:
		text := string(v)
		if len(text) > shownText {
			s.WriteString(strconv.Quote(strings.ToValidUTF8(text[:shownText], "?")) + "…")
			return
		}
		s.WriteString(strconv.Quote(text))
	case lua.LNumber, lua.LBool:
		s.WriteString(number.Text(v))
	case *lua.LTable:
		s.table(v, depth+1)
	default:
		s.WriteString("(" + v.Type().String() + ")")
	}
}
