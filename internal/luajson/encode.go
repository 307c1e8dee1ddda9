package luajson

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"math"
	"sort"
	"strconv"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/number"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// encoder writes one value.
type encoder struct {
	null    lua.LValue
	nan     lua.LValue // what stands for numbers that JSON does not have, if replace
	replace bool
	indent  string
	ascii   bool

	out   bytes.Buffer
	to    *jsontext.Encoder
	depth int
	counter
	open map[*lua.LTable]bool // the tables that are being written
}

// run returns the text of a value. Its error says where in the value it is.
func (e *encoder) run(v lua.LValue) (string, error) {
	e.open = map[*lua.LTable]bool{}
	e.to = jsontext.NewEncoder(&e.out, jsontext.WithIndent(e.indent), jsontext.Multiline(e.indent != ""))
	if err := e.value(v); err != nil {
		var in *within
		if errors.As(err, &in) {
			return "", fmt.Errorf("%s: %w", in.path, in.err)
		}
		return "", err
	}
	text := bytes.TrimSuffix(e.out.Bytes(), []byte("\n"))
	if e.ascii {
		text = escape(text)
	}
	if len(text) > maxText {
		return "", errTooLong
	}
	return string(text), nil
}

var errTooLong = fmt.Errorf("its text is longer than %d bytes", maxText)

// within is an error at a place of the value, "value.list[3]".
type within struct {
	path string
	err  error
}

func (w *within) Error() string { return w.path + ": " + w.err.Error() }
func (w *within) Unwrap() error { return w.err }

// at adds a step to the place of an error.
func at(err error, format string, a ...any) error {
	if err == nil {
		return nil
	}
	step := fmt.Sprintf(format, a...)
	var in *within
	if errors.As(err, &in) {
		in.path = step + in.path
		return in
	}
	return &within{step, err}
}

// value writes any value.
func (e *encoder) value(v lua.LValue) error {
	if err := e.count(); err != nil {
		return err
	}
	if e.out.Len() > maxText {
		return errTooLong
	}
	switch v := v.(type) {
	case lua.LBool:
		return e.to.WriteToken(jsontext.Bool(bool(v)))
	case lua.LNumber:
		return e.number(float64(v))
	case lua.LString:
		return e.text(string(v))
	case *lua.LTable:
		return e.table(v)
	case *lua.LUserData:
		if lua.LValue(v) == e.null {
			return e.to.WriteToken(jsontext.Null)
		}
		if a, ok := array.To(v); ok {
			return e.array(a)
		}
		if _, ok := array.ToComplex(v); ok {
			return fmt.Errorf("a complex number has no form in JSON: write {z.re, z.im}")
		}
	}
	if v == lua.LNil {
		return fmt.Errorf("nil has no form in JSON: json.null stands for null")
	}
	return fmt.Errorf("%s has no form in JSON", args.WithArticle(args.Kind(v)))
}

// number writes a number with the fewest digits that give the same number again: a
// whole one up to 2^53 without a point, a larger one with an exponent, since readers
// take digits alone for all digits of a whole number.
func (e *encoder) number(f float64) error {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		if !e.replace {
			return fmt.Errorf("%s has no form in JSON: see the option nan", number.Format(f))
		}
		if n, ok := e.nan.(lua.LNumber); !ok || !math.IsNaN(float64(n)) && !math.IsInf(float64(n), 0) {
			return e.value(e.nan)
		}
		return fmt.Errorf("the option nan is %s itself", number.Format(f))
	}
	if math.Abs(f) > 1<<53 {
		return e.to.WriteValue(strconv.AppendFloat(nil, f, 'e', -1, 64))
	}
	return e.to.WriteToken(jsontext.Float(f))
}

func (e *encoder) text(s string) error {
	if !utf8.ValidString(s) {
		for i, r := range s {
			if r == utf8.RuneError {
				if _, size := utf8.DecodeRuneInString(s[i:]); size == 1 {
					return fmt.Errorf("the string is not UTF-8 at byte %d: JSON has no other bytes", i+1)
				}
			}
		}
	}
	return e.to.WriteToken(jsontext.String(s))
}

// table writes a list or an object.
func (e *encoder) table(t *lua.LTable) error {
	if e.open[t] {
		return fmt.Errorf("the table stands in itself")
	}
	if e.depth++; e.depth > maxDepth {
		return fmt.Errorf("more than %d levels of tables", maxDepth)
	}
	e.open[t] = true
	defer func() { delete(e.open, t); e.depth-- }()
	kind, err := kindOf(t)
	if err != nil {
		return err
	}
	n := 0
	if kind != kindMap {
		n = vm.Entries(t)
	}
	if kind == kindList || n > 0 {
		return e.list(t, n)
	}
	return e.object(t)
}

// list writes entries 1 to n; a hole between them is null.
func (e *encoder) list(t *lua.LTable, n int) error {
	if key, stray := vm.Stray(t, n); stray {
		return fmt.Errorf("the list has the key %s as well: json.object(t) makes an object of all keys", args.Show(key))
	}
	if v := t.RawGetString("n"); v != lua.LNil {
		return fmt.Errorf("the list has the key \"n\" as well: json.object(t) makes an object of all keys")
	}
	if err := e.to.WriteToken(jsontext.BeginArray); err != nil {
		return err
	}
	for i := 1; i <= n; i++ {
		v := vm.GetInt(t, i)
		if v == lua.LNil {
			v = e.null
		}
		if err := e.value(v); err != nil {
			return at(err, "[%d]", i)
		}
	}
	return e.to.WriteToken(jsontext.EndArray)
}

// object writes all fields, in the order of their names, so that the same table
// always gives the same text.
func (e *encoder) object(t *lua.LTable) error {
	fields := map[string]lua.LValue{}
	var names []string
	var wrong error
	vm.ForEach(t, func(k, v lua.LValue) {
		var name string
		switch k := k.(type) {
		case lua.LString:
			name = string(k)
		case lua.LNumber:
			name = number.Format(float64(k))
		default:
			wrong = fmt.Errorf("the key %s has no form in JSON: names are strings", args.Show(k))
			return
		}
		if _, twice := fields[name]; twice {
			wrong = fmt.Errorf("it has the key %q as a number and as a string", name)
		}
		fields[name] = v
		names = append(names, name)
	})
	if wrong != nil {
		return wrong
	}
	sort.Strings(names)
	if err := e.to.WriteToken(jsontext.BeginObject); err != nil {
		return err
	}
	for _, name := range names {
		if err := e.text(name); err != nil {
			return at(err, "[%q]", name)
		}
		if err := e.value(fields[name]); err != nil {
			return at(err, ".%s", name)
		}
	}
	return e.to.WriteToken(jsontext.EndObject)
}

// escape writes all characters beyond ASCII as \u…; a text of JSON has such in
// strings alone.
func escape(text []byte) []byte {
	out := make([]byte, 0, len(text)+len(text)/8)
	for len(text) > 0 {
		r, size := utf8.DecodeRune(text)
		switch {
		case r < utf8.RuneSelf:
			out = append(out, text[0])
		case r > 0xffff:
			r -= 0x10000
			out = fmt.Appendf(out, `\u%04x\u%04x`, 0xd800+r>>10, 0xdc00+r&0x3ff)
		default:
			out = fmt.Appendf(out, `\u%04x`, r)
		}
		text = text[size:]
	}
	return out
}
