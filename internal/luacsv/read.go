package luacsv

import (
	"bufio"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
)

// reader reads one text of comma-separated values (RFC 4180).
type reader struct {
	sep, comment rune
	skip         int      // lines in front
	header       bool     // the first row has the names
	names        []string // of the columns, if known without a header
	wanted       []string // the columns that are read, nil for all
	types        map[string]string
	byNumber     map[int]string // types of columns by their number, from 1
	gaps         map[string]bool
	limit        int // rows that are read at most, -1 for all
}

// frame is what was read.
type frame struct {
	names   []string // nil where there were none
	columns []content
	rows    int
}

// checkEvery is after how many rows a reader looks whether it is to go on.
const checkEvery = 4096

// slot is a column that is read, and where it stands in a row.
type slot struct {
	at int
	column
}

// read reads the text that open gives, which is asked for it once more where the
// type of a column shows late.
func (r *reader) read(ctx context.Context, open func() (io.Reader, error)) (*frame, error) {
	f := &frame{}
	slots, err := r.pass(ctx, open, f, nil)
	if err != nil {
		return nil, err
	}
	as := map[int]string{}
	for _, s := range slots {
		if g, ok := s.column.(*guess); ok && g.rereadAs() != "" {
			as[s.at] = g.rereadAs()
		}
	}
	if len(as) > 0 {
		again, err := r.pass(ctx, open, &frame{}, as)
		if err != nil {
			return nil, err
		}
		for _, s := range again {
			i := slices.IndexFunc(slots, func(old slot) bool { return old.at == s.at })
			slots[i] = s
		}
	}
	for _, s := range slots {
		c, err := s.values()
		if err != nil {
			return nil, err
		}
		f.columns = append(f.columns, c)
	}
	return f, nil
}

// pass reads the text once: all columns that are wanted, or those of as, by their
// places, with those types.
func (r *reader) pass(ctx context.Context, open func() (io.Reader, error), f *frame, as map[int]string) ([]slot, error) {
	from, err := open()
	if err != nil {
		return nil, err
	}
	rows, lines, err := r.start(from)
	if err != nil {
		return nil, err
	}
	record, err := rows.Read()
	if errors.Is(err, io.EOF) {
		f.names = r.names
		return nil, nil
	}
	var slots []slot
	for first := true; ; first = false {
		switch {
		case errors.Is(err, io.EOF):
			return slots, nil
		case err != nil:
			return nil, explain(err, lines)
		case first:
			if slots, err = r.columns(record, f, as); err != nil {
				return nil, err
			}
		}
		if !first || !r.header {
			if r.limit >= 0 && f.rows >= r.limit {
				return slots, nil
			}
			for _, s := range slots {
				if err := s.add(record[s.at]); err != nil {
					line, _ := rows.FieldPos(s.at)
					return nil, fmt.Errorf("line %d, column %s: %w", line+lines, r.called(f, s.at), err)
				}
			}
			if f.rows++; f.rows%checkEvery == 0 {
				if err := r.goOn(ctx, f.rows, len(slots)); err != nil {
					return nil, err
				}
			}
		}
		record, err = rows.Read()
	}
}

// goOn reports whether there is a reason not to read on: the end of ctx, or of the
// memory.
func (r *reader) goOn(ctx context.Context, rows, columns int) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	if why := array.TooLarge(array.Float64, rows*columns); why != "" {
		return fmt.Errorf("%d rows so far: %s", rows, why)
	}
	return nil
}

// start skips what stands in front of the rows, and returns their reader with the
// number of lines in front.
func (r *reader) start(from io.Reader) (rows *csv.Reader, lines int, err error) {
	text := bufio.NewReaderSize(from, 1<<18)
	if mark, _ := text.Peek(3); string(mark) == "\ufeff" {
		_, _ = text.Discard(3) // they were peeked at
	}
	for range r.skip {
		for more := true; more; {
			_, more, err = text.ReadLine()
			if errors.Is(err, io.EOF) {
				more, err = false, nil
			}
			if err != nil {
				return nil, 0, err
			}
		}
	}
	rows = csv.NewReader(text)
	rows.Comma, rows.Comment, rows.ReuseRecord = r.sep, r.comment, true
	return rows, r.skip, nil
}

// columns makes the columns of a text by its first row.
func (r *reader) columns(record []string, f *frame, as map[int]string) ([]slot, error) {
	f.names = r.names
	if r.header {
		f.names = make([]string, len(record))
		for i, name := range record {
			if f.names[i] = strings.Clone(strings.TrimSpace(name)); f.names[i] == "" {
				f.names[i] = fmt.Sprintf("column%d", i+1)
			}
			if at := slices.Index(f.names[:i], f.names[i]); at >= 0 {
				return nil, fmt.Errorf("columns %d and %d are both named %q: name them with header = {…} and skip = %d", at+1, i+1, f.names[i], r.skip+1)
			}
		}
	} else if f.names != nil && len(f.names) != len(record) {
		return nil, fmt.Errorf("the header names %d columns, and the first row has %d", len(f.names), len(record))
	}
	if err := r.known(f.names, len(record)); err != nil {
		return nil, err
	}
	var slots []slot
	names := f.names
	if r.wanted != nil {
		f.names = r.wanted
	}
	for _, at := range r.places(names, len(record)) {
		t := r.byNumber[at+1]
		if names != nil && r.types[names[at]] != "" {
			t = r.types[names[at]]
		}
		if as != nil {
			if t = as[at]; t == "" {
				continue
			}
		}
		c, err := newColumn(t, r.gaps)
		if err != nil {
			return nil, err
		}
		slots = append(slots, slot{at, c})
	}
	return slots, nil
}

// places returns where the columns that are wanted stand.
func (r *reader) places(names []string, n int) []int {
	var places []int
	if r.wanted == nil {
		for i := range n {
			places = append(places, i)
		}
	}
	for _, name := range r.wanted {
		places = append(places, slices.Index(names, name))
	}
	return places
}

// known wants that all columns which the options name are there.
func (r *reader) known(names []string, n int) error {
	for _, name := range r.wanted {
		if !slices.Contains(names, name) {
			return fmt.Errorf("there is no column %q: there are %s", name, list(names, n))
		}
	}
	for name := range r.types {
		if !slices.Contains(names, name) {
			return fmt.Errorf("types: there is no column %q: there are %s", name, list(names, n))
		}
	}
	for i := range r.byNumber {
		if i > n {
			return fmt.Errorf("types: there is no column %d: there are %d", i, n)
		}
	}
	return nil
}

// list writes the names of columns for a message, shortened where they are many.
func list(names []string, n int) string {
	switch {
	case names == nil:
		return fmt.Sprintf("%d without names", n)
	case n > 20:
		return fmt.Sprintf("%s and %d more", strings.Join(names[:20], ", "), n-20)
	}
	return strings.Join(names, ", ")
}

// called names a column in messages: its number and, if it has one, its name.
func (r *reader) called(f *frame, at int) string {
	if f.names == nil || r.wanted != nil {
		return fmt.Sprint(at + 1)
	}
	return fmt.Sprintf("%d (%s)", at+1, f.names[at])
}

// explain says where an error of encoding/csv is.
func explain(err error, lines int) error {
	var wrong *csv.ParseError
	if !errors.As(err, &wrong) {
		return err
	}
	switch {
	case errors.Is(err, csv.ErrFieldCount):
		return fmt.Errorf("line %d: its number of fields is not that of the first row", wrong.Line+lines)
	case errors.Is(err, csv.ErrBareQuote):
		return fmt.Errorf("line %d, character %d: a quotation mark inside of a field that does not begin with one", wrong.Line+lines, wrong.Column)
	case errors.Is(err, csv.ErrQuote):
		return fmt.Errorf("line %d, character %d: a field that begins with a quotation mark does not end with one", wrong.Line+lines, wrong.Column)
	}
	return fmt.Errorf("line %d, character %d: %w", wrong.Line+lines, wrong.Column, wrong.Err)
}

// matrix makes one float64 matrix of all columns.
func (f *frame) matrix() (*array.Array, error) {
	m, err := dense.New(array.Float64, []int{f.rows, len(f.columns)})
	if err != nil {
		return nil, err
	}
	all := array.Of[float64](m)
	for j, c := range f.columns {
		if c.array == nil {
			name := fmt.Sprint(j + 1)
			if f.names != nil {
				name = f.names[j]
			}
			return nil, fmt.Errorf("column %s is text: a matrix has numbers alone", name)
		}
		column, err := dense.Floats(c.array)
		if err != nil {
			return nil, err
		}
		for i, v := range column {
			all[i*len(f.columns)+j] = v
		}
	}
	return m, nil
}
