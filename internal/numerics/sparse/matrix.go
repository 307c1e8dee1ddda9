// Package sparse is the Lua module "sparse": matrices of which few elements are
// not 0, row by row (CSR).
package sparse

import (
	"fmt"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// Matrix is a real matrix in compressed sparse rows. It does not change once it is
// made. The elements of row i are those from start[i] to before start[i+1], in
// ascending columns (from 0), none twice; an element that is there may be 0.
type Matrix struct {
	rows, cols int
	start      []int
	column     []int
	value      []float64
}

// Kind names the matrix in errors about arguments.
func (m *Matrix) Kind() string {
	return fmt.Sprintf("sparse matrix of %dx%d", m.rows, m.cols)
}

// String says what the matrix is.
func (m *Matrix) String() string {
	return fmt.Sprintf("sparse matrix of %dx%d with %d elements", m.rows, m.cols, len(m.value))
}

// fromTriplets makes a matrix of elements at rows i and columns j, from 0 and
// within it; those at the same place are added up, in their order.
func fromTriplets(rows, cols int, i, j []int, v []float64) *Matrix {
	m := &Matrix{rows: rows, cols: cols, start: make([]int, rows+1)}
	for _, r := range i {
		m.start[r+1]++
	}
	for r := range rows {
		m.start[r+1] += m.start[r]
	}
	order, next := make([]int, len(v)), slices.Clone(m.start)
	for k, r := range i {
		order[next[r]] = k
		next[r]++
	}
	m.column, m.value = make([]int, 0, len(v)), make([]float64, 0, len(v))
	for r := range rows {
		row := order[m.start[r]:m.start[r+1]]
		slices.SortStableFunc(row, func(a, b int) int { return j[a] - j[b] })
		m.start[r] = len(m.value)
		for _, k := range row {
			if last := len(m.value) - 1; last >= m.start[r] && m.column[last] == j[k] {
				m.value[last] += v[k]
				continue
			}
			m.column, m.value = append(m.column, j[k]), append(m.value, v[k])
		}
	}
	m.start[rows] = len(m.value)
	return m
}

// fromDense keeps the elements of a matrix, row by row, that are not 0.
func fromDense(rows, cols int, data []float64) *Matrix {
	m := &Matrix{rows: rows, cols: cols, start: make([]int, rows+1)}
	for r := range rows {
		for k, v := range data[r*cols : (r+1)*cols] {
			if v != 0 {
				m.column, m.value = append(m.column, k), append(m.value, v)
			}
		}
		m.start[r+1] = len(m.value)
	}
	return m
}

// at returns an element.
func (m *Matrix) at(i, j int) float64 {
	first := m.start[i]
	if k, ok := slices.BinarySearch(m.column[first:m.start[i+1]], j); ok {
		return m.value[first+k]
	}
	return 0
}

// multiply writes the product with n columns, which lie row by row in x, to out.
func (m *Matrix) multiply(out, x []float64, n int) {
	if n == 1 {
		for i := range m.rows {
			sum := 0.0
			first, end := m.start[i], m.start[i+1]
			values := m.value[first:end]
			for k, c := range m.column[first:end] {
				sum += values[k] * x[c]
			}
			out[i] = sum
		}
		return
	}
	clear(out)
	for i := range m.rows {
		row := out[i*n : (i+1)*n]
		for k := m.start[i]; k < m.start[i+1]; k++ {
			v := m.value[k]
			for c, w := range x[m.column[k]*n : (m.column[k]+1)*n] {
				row[c] += v * w
			}
		}
	}
}

// transposed returns the matrix with rows and columns changed over.
func (m *Matrix) transposed() *Matrix {
	return fromTriplets(m.cols, m.rows, m.column, m.places(), m.value)
}

// places returns the row of each element.
func (m *Matrix) places() []int {
	rows := make([]int, len(m.value))
	for i := range m.rows {
		for k := m.start[i]; k < m.start[i+1]; k++ {
			rows[k] = i
		}
	}
	return rows
}

// part returns some of the rows; it shares their elements.
func (m *Matrix) part(first, count int) *Matrix {
	p := &Matrix{rows: count, cols: m.cols, start: make([]int, count+1)}
	from, to := m.start[first], m.start[first+count]
	for i := range p.start {
		p.start[i] = m.start[first+i] - from
	}
	p.column, p.value = m.column[from:to:to], m.value[from:to:to]
	return p
}

// sum returns m + factor * n, of matrices of one shape.
func (m *Matrix) sum(factor float64, n *Matrix) *Matrix {
	scaled := make([]float64, len(n.value))
	for i, v := range n.value {
		scaled[i] = factor * v
	}
	return fromTriplets(m.rows, m.cols, append(m.places(), n.places()...), slices.Concat(m.column, n.column), slices.Concat(m.value, scaled))
}

// named is Kind with an article.
func (m *Matrix) named() string { return args.WithArticle(m.Kind()) }
