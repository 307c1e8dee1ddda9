package luajson

import (
	"bytes"
	"encoding/json/jsontext"
	"errors"
	"fmt"
	"io"
	"math"
	"math/big"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// decoder reads one value.
type decoder struct {
	L      *lua.LState
	list   *lua.LTable // the metatable of lists
	null   lua.LValue  // what stands for null
	big    string      // what becomes of whole numbers that a Lua number does not hold
	arrays bool

	from  *jsontext.Decoder
	depth int
	counter
}

// mistake is an error at a byte of the text.
type mistake struct {
	offset int64
	what   string
}

func (m *mistake) Error() string { return m.what }

const (
	byteOrderMark = "\ufeff"
	// checkEvery is after how many values it is seen whether there is memory for
	// more, and valueSize what one takes at least, in bytes.
	checkEvery = 1 << 20
	valueSize  = 64
)

// run returns the value of a text. Its error begins with line and column.
func (d *decoder) run(text string) (lua.LValue, error) {
	body := strings.TrimPrefix(text, byteOrderMark)
	d.from = jsontext.NewDecoder(bytes.NewBufferString(body))
	v, err := d.value()
	if err == nil {
		err = d.end(body)
	}
	if err == nil {
		return v, nil
	}
	offset, what := place(err, body)
	line, column := position(body, offset)
	return nil, fmt.Errorf("line %d, column %d: %s", line, column, what)
}

// end wants that nothing but blanks is left of the text.
func (d *decoder) end(text string) error {
	rest := strings.TrimLeft(text[d.from.InputOffset():], " \t\r\n")
	if rest == "" {
		return nil
	}
	return &mistake{int64(len(text) - len(rest)), "a text has one value, and there is more behind it"}
}

// place returns where in the text an error is, and says what it is.
func place(err error, text string) (offset int, what string) {
	var wrong *mistake
	var syntax *jsontext.SyntacticError
	switch {
	case errors.As(err, &wrong):
		offset, what = int(wrong.offset), wrong.what
	case errors.Is(err, io.ErrUnexpectedEOF):
		offset, what = len(text), "the text ends too early"
	case errors.Is(err, io.EOF):
		offset, what = len(text), "the text is empty"
	case errors.Is(err, jsontext.ErrDuplicateName):
		errors.As(err, &syntax)
		offset, what = int(syntax.ByteOffset), fmt.Sprintf("the name %q is there twice in one object", syntax.JSONPointer.LastToken())
	case errors.As(err, &syntax):
		offset, what = int(syntax.ByteOffset), syntax.Err.Error()
	default:
		offset, what = 0, err.Error()
	}
	return min(max(offset, 0), len(text)), what
}

// position returns the line of a byte and its column in characters, from 1.
func position(text string, offset int) (line, column int) {
	before := text[:offset]
	line = 1 + strings.Count(before, "\n")
	return line, 1 + utf8.RuneCountInString(before[strings.LastIndexByte(before, '\n')+1:])
}

// fail makes an error at the token that was read last.
func (d *decoder) fail(format string, a ...any) error {
	return &mistake{max(d.from.InputOffset()-1, 0), fmt.Sprintf(format, a...)}
}

// value reads any value.
func (d *decoder) value() (lua.LValue, error) {
	token, err := d.from.ReadToken()
	if err != nil {
		return nil, err
	}
	if err := d.count(); err != nil {
		return nil, err
	}
	if d.values%checkEvery == 0 {
		if why := array.TooLarge(array.Uint8, d.values*valueSize); why != "" {
			return nil, d.fail("%d values so far are more than this machine has memory for", d.values)
		}
	}
	switch token.Kind() {
	case 'n':
		return d.null, nil
	case 'f':
		return lua.LFalse, nil
	case 't':
		return lua.LTrue, nil
	case '"':
		return lua.LString(token.String()), nil
	case '0':
		return d.number(token.String())
	}
	if d.depth++; d.depth > maxDepth {
		return nil, d.fail("more than %d levels of lists and objects", maxDepth)
	}
	defer func() { d.depth-- }()
	if token.Kind() == '{' {
		return d.object()
	}
	return d.items()
}

// number reads a number. A whole one that a Lua number does not hold is what the
// option big says.
func (d *decoder) number(text string) (lua.LValue, error) {
	f, err := strconv.ParseFloat(text, 64)
	if err != nil {
		return nil, &mistake{d.from.InputOffset() - int64(len(text)), "the number " + text + " is out of range"}
	}
	if math.Abs(f) < 1<<53 || d.big == "round" || exact(text, f) {
		return lua.LNumber(f), nil
	}
	if d.big == "string" {
		return lua.LString(text), nil
	}
	return nil, &mistake{d.from.InputOffset() - int64(len(text)),
		fmt.Sprintf("%s is beyond 2^53, where numbers are not exact: {big = \"string\"} gives it as a string, {big = \"round\"} the nearest number", text)}
}

// exact reports whether a number is that of the text, or the text what it is
// written as, or the text no whole number.
func exact(text string, f float64) bool {
	if strings.ContainsAny(text, ".eE") || strconv.FormatFloat(f, 'f', -1, 64) == text {
		return true
	}
	var whole big.Int
	if _, ok := whole.SetString(text, 10); !ok {
		return false
	}
	_, accuracy := new(big.Float).SetInt(&whole).Float64()
	return accuracy == big.Exact
}

func (d *decoder) object() (lua.LValue, error) {
	t := d.L.NewTable()
	for {
		token, err := d.from.ReadToken()
		if err != nil {
			return nil, err
		}
		if token.Kind() == '}' {
			break
		}
		name := token.String()
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		t.RawSetString(name, v)
	}
	return t, nil
}

// items reads a list: a table that is marked as one, or an array where it has
// nothing but numbers and the option arrays is set.
func (d *decoder) items() (lua.LValue, error) {
	var collect collector
	t := d.L.NewTable()
	for i := 1; ; i++ {
		if d.from.PeekKind() == ']' {
			_, err := d.from.ReadToken()
			if err != nil {
				return nil, err
			}
			break
		}
		v, err := d.value()
		if err != nil {
			return nil, err
		}
		if d.arrays && collect.add(v) {
			continue
		}
		collect.giveTo(t)
		vm.SetInt(t, i, v)
	}
	if a := collect.array(); a != nil {
		return array.ToLua(d.L, a), nil
	}
	collect.giveTo(t)
	t.Metatable = d.list
	return t, nil
}
