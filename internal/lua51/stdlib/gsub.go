package stdlib

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/pattern"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// gsub is string.gsub(s, pattern, replacement [, limit]).
func (c *patterns) gsub(L *lua.LState) int {
	s, p := checkString(L, 1), checkString(L, 2)
	limit := optInt(L, 4, int(int32(len(s)+1)))
	replacement := L.Get(3)
	r := replacer{L: L}
	switch v := replacement.(type) {
	case lua.LString:
		r.text, r.plain = string(v), strings.IndexByte(string(v), '%') < 0
	case lua.LNumber:
		r.text, r.plain = number.Format(float64(v)), true
	case *lua.LFunction:
		r.call = v
	case *lua.LTable:
		r.table = v
	default:
		argError(L, 3, "string/function/table expected")
	}
	r.m = pattern.Matcher{Subject: s, Pattern: c.of(p), Host: (*host)(L)}
	n := r.replaceAll(limit)
	if r.done == 0 && n == 0 {
		L.Push(stringValue(s)) // nothing was replaced: no copy
	} else {
		L.Push(ownString(append(r.out, s[r.done:]...)))
	}
	L.Push(wholeValue(n))
	return 2
}

// replacer does the work of one call of gsub.
type replacer struct {
	L     *lua.LState
	m     pattern.Matcher
	text  string // what each match is replaced by, when it is neither call nor table
	plain bool   // text has no %
	call  *lua.LFunction
	table *lua.LTable
	out   []byte
	done  int // how much of the subject is in out
}

// replaceAll replaces matches up to a limit and returns how many there were.
func (r *replacer) replaceAll(limit int) (n int) {
	for at := 0; n < limit && at <= len(r.m.Subject); {
		start, end := r.m.Find(at)
		if start < 0 {
			break
		}
		n++
		r.out = append(r.out, r.m.Subject[r.done:start]...)
		r.replace(start, end)
		vm.CheckLength(r.L, len(r.out))
		r.done = end
		if at = end; start == end {
			at++
		}
		if r.m.Pattern.Anchored {
			break
		}
	}
	return n
}

// replace appends what takes the place of a match.
func (r *replacer) replace(start, end int) {
	L := r.L
	switch {
	case r.plain:
		r.out = append(r.out, r.text...)
		return
	case r.call != nil:
		L.Push(r.call)
		L.Call(pushCaptures(L, &r.m, start, end), 1)
		r.value(L.Get(-1), start, end)
		L.Pop(1)
	case r.table != nil:
		r.value(r.field(start, end), start, end)
	default:
		r.expand(start, end)
	}
}

// field returns what the table has for the first capture of a match, or for the
// match itself if it has none.
func (r *replacer) field(start, end int) lua.LValue {
	at, length := start, end-start
	if r.m.Captures() > 0 {
		at, length = r.m.Capture(0)
	}
	if length < 0 {
		return vm.Index(r.L, r.table, wholeValue(at+1))
	}
	key := r.m.Subject[at : at+length]
	if r.table.Metatable == lua.LNil {
		return r.table.RawGetString(key)
	}
	return vm.Index(r.L, r.table, stringValue(key))
}

// value appends what a function or table gave for a match.
func (r *replacer) value(v lua.LValue, start, end int) {
	switch v := v.(type) {
	case lua.LString:
		r.out = append(r.out, v...)
		return
	case lua.LNumber:
		r.out = number.Append(r.out, float64(v))
		return
	}
	if lua.LVAsBool(v) {
		raise(r.L, "invalid replacement value (a %s)", v.Type())
	}
	r.out = append(r.out, r.m.Subject[start:end]...)
}

// expand appends the replacement text with captures in place of %0 to %9.
func (r *replacer) expand(start, end int) {
	text := r.text
	for {
		at := strings.IndexByte(text, '%')
		if at < 0 {
			r.out = append(r.out, text...)
			return
		}
		r.out = append(r.out, text[:at]...)
		c := byte(0) // what C reads after the end
		if text = text[at+1:]; text != "" {
			c, text = text[0], text[1:]
		}
		switch {
		case c < '0' || c > '9':
			r.out = append(r.out, c)
		case c == '0':
			r.out = append(r.out, r.m.Subject[start:end]...)
		default:
			r.capture(int(c-'1'), start, end)
		}
	}
}

// capture appends a capture.
func (r *replacer) capture(n, start, end int) {
	if n >= r.m.Captures() {
		if n > 0 {
			raise(r.L, "invalid capture index")
		}
		r.out = append(r.out, r.m.Subject[start:end]...)
		return
	}
	at, length := r.m.Capture(n)
	if length < 0 {
		r.out = number.Append(r.out, float64(at+1))
		return
	}
	r.out = append(r.out, r.m.Subject[at:at+length]...)
}
