package luacsv

import (
	"context"
	"encoding/csv"
	"io"
	"math"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// writer writes columns of the same length as text.
type writer struct {
	sep     rune
	header  bool
	names   []string // of the columns, nil where they have none
	missing string   // what is written for NaN and nil
	columns []field
	rows    int
}

// field is a column to write: it appends the text of the field in row i.
type field func(b []byte, i int) []byte

// addMatrix takes a matrix, or a vector as one column.
func (w *writer) addMatrix(c *luamodule.Call, n int, a *array.Array) {
	dims := dense.Dims(a)
	cols := 1
	if len(dims) > 1 {
		cols = dims[1]
	}
	if len(dims) > 2 || w.names != nil && len(w.names) != cols {
		c.Fail(n+1, "options", "names: %d names for the %d columns of %s", len(w.names), cols, a.Kind())
	}
	w.rows = dims[0]
	for j := range cols {
		one := w.element(a)
		w.columns = append(w.columns, func(b []byte, i int) []byte { return one(b, i*cols+j) })
	}
}

// addColumns takes a table of columns: a list, or one by names, which stand in the
// order of the option names, or else in that of the alphabet.
func (w *writer) addColumns(c *luamodule.Call, n int, t *lua.LTable) {
	count, wrong := args.List(t)
	byName := count == 0 && wrong != ""
	if byName && w.names == nil {
		w.names = vm.Names(t)
	}
	if byName {
		count, wrong = len(w.names), ""
	}
	switch {
	case wrong != "":
		c.Fail(n, "columns", "%s", wrong)
	case count == 0:
		c.Fail(n, "columns", "there are none")
	case w.names != nil && len(w.names) != count:
		c.Fail(n+1, "options", "names: %d names for %d columns", len(w.names), count)
	}
	for i := range count {
		v, called := vm.GetInt(t, i+1), strconv.Itoa(i+1)
		if byName {
			v, called = t.RawGetString(w.names[i]), strconv.Quote(w.names[i])
		}
		column, rows := w.column(c, n, v, called)
		if i > 0 && rows != w.rows {
			c.Fail(n, "columns", "column %s has %d rows, those before have %d", called, rows, w.rows)
		}
		w.rows = rows
		w.columns = append(w.columns, column)
	}
}

// column makes the source of one column.
func (w *writer) column(c *luamodule.Call, n int, v lua.LValue, called string) (field, int) {
	if a, ok := array.To(v); ok {
		if len(dense.Dims(a)) != 1 {
			c.Fail(n, "columns", "column %s is %s: a column is a vector", called, args.WithArticle(a.Kind()))
		}
		return w.element(dense.Own(a)), a.Len()
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		c.Fail(n, "columns", "column %s: %s", called, args.Expected("array or list", v))
	}
	rows, wrong := args.List(t)
	if wrong != "" {
		c.Fail(n, "columns", "column %s: %s", called, wrong)
	}
	values := make([]lua.LValue, rows) // the script may change its own meanwhile
	for i := range values {
		values[i] = vm.GetInt(t, i+1)
		switch values[i].(type) {
		case lua.LString, lua.LNumber, lua.LBool, *lua.LNilType:
		default:
			c.Fail(n, "columns", "column %s, row %d: %s", called, i+1, args.Expected("string, number or boolean", values[i]))
		}
	}
	return func(b []byte, i int) []byte {
		switch v := values[i].(type) {
		case lua.LString:
			return append(b, v...)
		case lua.LNumber:
			return w.number(b, float64(v))
		case lua.LBool:
			return strconv.AppendBool(b, bool(v))
		}
		return append(b, w.missing...)
	}, rows
}

// element makes the source of an array's elements, row by row.
func (w *writer) element(a *array.Array) field {
	flat, err := dense.Wrap(a.Type(), []int{a.Len()}, dense.Bytes(a))
	if err != nil {
		panic(err) // it has the length of the array
	}
	switch a.Type() {
	case array.Int64:
		s := array.Of[int64](flat)
		return func(b []byte, i int) []byte { return strconv.AppendInt(b, s[i], 10) }
	case array.Uint64:
		s := array.Of[uint64](flat)
		return func(b []byte, i int) []byte { return strconv.AppendUint(b, s[i], 10) }
	case array.Bool:
		s := array.Of[bool](flat)
		return func(b []byte, i int) []byte { return strconv.AppendBool(b, s[i]) }
	case array.Float32:
		s := array.Of[float32](flat)
		return func(b []byte, i int) []byte {
			if s[i] != s[i] {
				return append(b, w.missing...)
			}
			return strconv.AppendFloat(b, float64(s[i]), 'g', -1, 32)
		}
	case array.Complex64, array.Complex128:
		wide, err := flat.Convert(array.Complex128)
		if err != nil {
			panic(err) // complex64 fits
		}
		s := array.Of[complex128](wide)
		return func(b []byte, i int) []byte { return append(b, strconv.FormatComplex(s[i], 'g', -1, 128)...) }
	}
	s, err := dense.Floats(flat)
	if err != nil {
		panic(err) // all other types are real
	}
	return func(b []byte, i int) []byte { return w.number(b, s[i]) }
}

// number appends the fewest digits that give the same number again.
func (w *writer) number(b []byte, f float64) []byte {
	switch {
	case math.IsNaN(f):
		return append(b, w.missing...)
	case f == math.Trunc(f) && math.Abs(f) < 1<<53 && (f != 0 || !math.Signbit(f)):
		return strconv.AppendInt(b, int64(f), 10)
	}
	return strconv.AppendFloat(b, f, 'g', -1, 64)
}

// write writes all rows.
func (w *writer) write(ctx context.Context, to io.Writer) error {
	out := csv.NewWriter(to)
	out.Comma = w.sep
	if w.header && w.names != nil {
		if err := out.Write(w.names); err != nil {
			return err
		}
	}
	record, ends := make([]string, len(w.columns)), make([]int, len(w.columns))
	var b []byte
	for i := range w.rows {
		b = b[:0]
		for j, one := range w.columns {
			b = one(b, i)
			ends[j] = len(b)
		}
		all, from := string(b), 0 // one allocation a row
		for j, end := range ends {
			record[j], from = all[from:end], end
		}
		if len(record) == 1 && record[0] == "" {
			// A row of nothing is read as no row: quotation marks make it one.
			out.Flush()
			if _, err := io.WriteString(to, "\"\"\n"); err != nil {
				return err
			}
		} else if err := out.Write(record); err != nil {
			return err
		}
		if i%checkEvery == 0 {
			if err := context.Cause(ctx); err != nil {
				return err
			}
		}
	}
	out.Flush()
	return out.Error()
}
