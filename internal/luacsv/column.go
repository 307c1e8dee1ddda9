package luacsv

import (
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// column takes the fields of a column, from the first row to the last.
type column interface {
	// add takes a field; its error says what is wrong with it.
	add(text string) error
	// values returns the column: an array or a list.
	values() (content, error)
}

// content is a column that was read.
type content struct {
	array *array.Array
	list  []lua.LValue // where there is no array
}

// stringType is the name of the type of a column of strings, beside those of arrays.
const stringType = "string"

// missing are the fields that stand for a number that is not there, if the script
// names no others.
var missing = []string{"", "NA", "N/A", "null", "NULL", "-"}

// newColumn makes a column of a type, or of one that is guessed where it is "".
func newColumn(name string, gaps map[string]bool) (column, error) {
	switch name {
	case "":
		return &guess{gaps: gaps, whole: true, truth: true}, nil
	case stringType:
		return &texts{}, nil
	}
	t, ok := array.ParseType(name)
	if !ok {
		return nil, fmt.Errorf("no type %q: there are string and the types of arrays", name)
	}
	switch t {
	case array.Bool:
		return &typed[bool]{t: t, parse: parseBool}, nil
	case array.Float32, array.Float64:
		return &typed[float64]{t: t, parse: func(s string) (float64, error) {
			if gaps[s] {
				return math.NaN(), nil
			}
			return parseFloat(s)
		}}, nil
	case array.Complex64, array.Complex128:
		return &typed[complex128]{t: t, parse: func(s string) (complex128, error) {
			if gaps[s] {
				return complex(math.NaN(), 0), nil
			}
			return strconv.ParseComplex(strings.Replace(s, "j", "i", 1), 128)
		}}, nil
	case array.Uint8, array.Uint16, array.Uint32, array.Uint64:
		return &typed[uint64]{t: t, parse: func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 8*t.Size()) }}, nil
	}
	return &typed[int64]{t: t, parse: func(s string) (int64, error) {
		return strconv.ParseInt(strings.TrimPrefix(s, "+"), 10, 8*t.Size())
	}}, nil
}

// typed is a column of an array's type, whose values are collected as E.
type typed[E array.Element] struct {
	t     array.Type
	parse func(s string) (E, error)
	all   []E
}

func (c *typed[E]) add(text string) error {
	v, err := c.parse(strings.TrimSpace(text))
	switch {
	case err == nil:
		c.all = append(c.all, v)
		return nil
	case errors.Is(err, strconv.ErrRange):
		return fmt.Errorf("%q is out of the range of %s", text, c.t)
	}
	return fmt.Errorf("%q is no %s", text, c.t)
}

func (c *typed[E]) values() (content, error) {
	a := array.FromSlice(c.all)
	if a.Type() != c.t {
		b, err := a.Convert(c.t)
		if err != nil {
			return content{}, err
		}
		a = b
	}
	return content{array: a}, nil
}

// texts is a column of strings. One that comes again and again is kept once.
type texts struct {
	all  []lua.LValue
	seen map[string]lua.LValue
}

// mostSeen is how many different strings of a column are remembered.
const mostSeen = 1 << 12

func (c *texts) add(text string) error {
	v, known := c.seen[text]
	if !known {
		own := strings.Clone(text)
		v = lua.LString(own)
		if c.seen == nil {
			c.seen = map[string]lua.LValue{}
		}
		if len(c.seen) < mostSeen {
			c.seen[own] = v
		}
	}
	c.all = append(c.all, v)
	return nil
}

func (c *texts) values() (content, error) { return content{list: c.all}, nil }

// parseFloat reads a decimal number, inf or nan; hexadecimal digits and
// underscores, which Go takes, are none.
func parseFloat(s string) (float64, error) {
	f, err := strconv.ParseFloat(s, 64)
	if err == nil && len(s) > 2 && strings.ContainsAny(s, "xX_") {
		return 0, strconv.ErrSyntax
	}
	return f, err
}

func parseBool(s string) (bool, error) {
	switch s {
	case "true", "True", "TRUE":
		return true, nil
	case "false", "False", "FALSE":
		return false, nil
	}
	return false, strconv.ErrSyntax
}
