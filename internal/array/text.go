package array

import (
	"fmt"
	"strconv"
	"strings"
	"unsafe"
)

func textOfInteger[T integer](p unsafe.Pointer, _ int) string { return fmt.Sprint(value[T](p)) }

func textOfFloat[T floating](p unsafe.Pointer, digits int) string {
	return formatFloat(float64(value[T](p)), digits, int(unsafe.Sizeof(T(0)))*8)
}

func textOfComplex[T complexing](p unsafe.Pointer, digits int) string {
	return formatComplex(complex128(value[T](p)), digits, int(unsafe.Sizeof(T(0)))*4)
}

func textOfBool(p unsafe.Pointer, _ int) string { return strconv.FormatBool(value[uint8](p) != 0) }

func limitsText[T integer]() string {
	lo, hi := limits[T]()
	return fmt.Sprintf("%d to %d", lo, hi)
}

// exactText returns element i (from 0) so that it reads back the same.
func (a *Array) exactText(i int) string { return kernels[a.typ].text(a.at(i), -1) }

// Text returns all elements as Lua source writes a list, exactly:
// "{1, 2.5, 3}", a matrix as a list of rows, and so on.
func (a *Array) Text() string {
	var b strings.Builder
	next := 0 // element
	var list func(dims []int)
	list = func(dims []int) {
		b.WriteByte('{')
		for i := range dims[0] {
			if i > 0 {
				b.WriteString(", ")
			}
			if len(dims) > 1 {
				list(dims[1:])
				continue
			}
			b.WriteString(a.exactText(next))
			next++
		}
		b.WriteByte('}')
	}
	list(a.shape())
	return b.String()
}

// What String shows of a long array: so many elements in all, else so many
// from its start and its end.
const (
	shownVector, vectorHead, vectorTail = 20, 8, 4
	shownMatrix, matrixHead, matrixTail = 12, 6, 3
	shownDigits                         = 6
)

// String returns the array for a reader: its type, its shape, and the elements
// in six digits, cut when there are many.
func (a *Array) String() string {
	switch {
	case a.matrix():
		return a.describe() + a.grid("")
	case a.rank() > 2:
		return a.describe() + a.planes()
	}
	parts := make([]string, 0, shownVector)
	for _, i := range shown(a.n, shownVector, vectorHead, vectorTail) {
		parts = append(parts, a.shortText(i))
	}
	return a.describe() + " {" + strings.Join(parts, ", ") + "}"
}

func (a *Array) shortText(i int) string {
	if i < 0 {
		return "..."
	}
	return kernels[a.typ].text(a.at(i), shownDigits)
}

// shown returns the indices to show of n, -1 where some are left out.
func shown(n, most, head, tail int) []int {
	var list []int
	for i := 0; i < n; i++ {
		if n > most && i == head {
			list = append(list, -1)
			i = n - tail
		}
		list = append(list, i)
	}
	return list
}

// shownPlanes is how many matrices of an array of more dimensions are shown, and
// planesHead and planesTail how many of its first and last if there are more.
const shownPlanes, planesHead, planesTail = 8, 4, 2

// planes writes the matrices of an array of more dimensions, each under its indices.
func (a *Array) planes() string {
	outer := a.shape()[:a.rank()-2]
	var b strings.Builder
	for _, i := range shown(product(outer), shownPlanes, planesHead, planesTail) {
		if i < 0 {
			b.WriteString("\n  ...")
			continue
		}
		plane, path := a, make([]int, len(outer))
		for d, rest := len(outer)-1, i; d >= 0; d-- {
			path[d], rest = rest%outer[d]+1, rest/outer[d]
		}
		for _, at := range path {
			plane = plane.pick(0, at-1)
		}
		b.WriteString("\n  " + indicesText(path) + ":" + plane.grid("  "))
	}
	return b.String()
}

// grid writes the rows of a matrix, columns aligned to the right.
func (a *Array) grid(indent string) string {
	rows := shown(a.rows(), shownMatrix, matrixHead, matrixTail)
	cols := shown(a.cols(), shownMatrix, matrixHead, matrixTail)
	cells := make([][]string, len(rows))
	width := make([]int, len(cols))
	for y, r := range rows {
		for x, c := range cols {
			cell := "..."
			if r >= 0 && c >= 0 {
				cell = a.shortText(r*a.cols() + c)
			}
			cells[y] = append(cells[y], cell)
			width[x] = max(width[x], len(cell))
		}
	}
	var b strings.Builder
	for _, row := range cells {
		b.WriteString("\n" + indent)
		for x, cell := range row {
			fmt.Fprintf(&b, "  %*s", width[x], cell)
		}
	}
	return b.String()
}
