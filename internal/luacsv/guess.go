package luacsv

import (
	"math"
	"strconv"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// guess is a column whose type its fields tell: float64 where all are numbers or
// missing, int64 where all are whole numbers and float64 does not hold them, bool
// where all are true or false, else strings. It keeps what it has read as numbers
// as long as it can; where that was wrong the column is to be read again as what
// it is then known to be.
type guess struct {
	gaps    map[string]bool
	numbers []float64
	rows    int

	whole   bool // all are whole numbers of 64 bits
	inexact bool // one of those is none that float64 holds
	truth   bool // all are true or false
	text    texts
	again   bool // the text of the rows so far is lost
}

func (c *guess) add(text string) error {
	c.rows++
	if c.text.all == nil && !c.again {
		if c.number(text) {
			return nil
		}
		c.again = c.rows > 1
	}
	if c.truth {
		_, err := parseBool(text)
		c.truth = err == nil
	}
	if !c.again {
		return c.text.add(text)
	}
	return nil
}

// number takes a field as a number and reports whether it is one.
func (c *guess) number(text string) bool {
	f, err := parseFloat(text)
	if err != nil {
		trimmed := strings.TrimSpace(text)
		if c.gaps[trimmed] {
			f, err = math.NaN(), nil
		} else {
			f, err = parseFloat(trimmed)
		}
		if err != nil {
			return false
		}
		text = trimmed
	}
	c.truth = false
	c.numbers = append(c.numbers, f)
	if c.whole && (f != math.Trunc(f) || f-f != 0) {
		c.whole = false
	}
	if c.whole && math.Abs(f) >= 1<<53 {
		i, err := strconv.ParseInt(text, 10, 64)
		c.whole = err == nil
		c.inexact = c.inexact || math.Abs(f) >= 1<<63 || int64(f) != i
	}
	return true
}

// rereadAs returns the type as which the column is to be read once more, "" if
// that need not be.
func (c *guess) rereadAs() string {
	switch {
	case c.again && c.truth:
		return array.Bool.String()
	case c.again:
		return stringType
	case c.text.all == nil && c.whole && c.inexact:
		return array.Int64.String()
	case c.text.all != nil && c.truth:
		return array.Bool.String()
	}
	return ""
}

func (c *guess) values() (content, error) {
	if c.text.all != nil {
		return c.text.values()
	}
	return content{array: array.FromSlice(c.numbers)}, nil
}
