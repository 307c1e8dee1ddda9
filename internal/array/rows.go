package array

// Reductions along a dimension that is not the last go through memory in its order,
// row by row: a contiguous array is outer blocks of n rows of inner elements, and all
// rows of a block give one.

// blocksOf returns how the lanes of a along dimension d lie in memory.
func blocksOf(a *Array, d int) (outer, n, inner int) {
	dims := a.shape()
	return product(dims[:d]), dims[d], product(dims[d+1:])
}

// sumLanes writes the sums of floats along a dimension, each times scale, to out.
// They are pairwise: of rows, so that the error grows as that of pairwise.
func sumLanes[T floating](out, s []T, outer, n, inner int, scale float64) {
	if inner == 1 {
		for i := range outer {
			out[i] = T(pairwise(s[i*n:(i+1)*n]) * scale)
		}
		return
	}
	sums := make([]float64, inner)
	for o := range outer {
		clear(sums)
		addRows(sums, s[o*n*inner:(o+1)*n*inner], n)
		for j, v := range sums {
			out[o*inner+j] = T(v * scale)
		}
	}
}

// rowBlock is how many rows are added one after the other; more are added in halves.
const rowBlock = 32

// addRows adds n rows to sums.
func addRows[T floating](sums []float64, s []T, n int) {
	inner := len(sums)
	if n <= rowBlock {
		for ; len(s) > 0; s = s[inner:] {
			for j, v := range s[:inner] {
				sums[j] += float64(v)
			}
		}
		return
	}
	half := n / 2
	addRows(sums, s[:half*inner], half)
	rest := make([]float64, inner)
	addRows(rest, s[half*inner:], n-half)
	for j, v := range rest {
		sums[j] += v
	}
}

// extremes writes the smallest elements along a dimension to out, or the largest; NaN
// where there is one. n is not 0.
func extremes[T ordinal](out, s []T, outer, n, inner int, largest bool) {
	for o := range outer {
		rows, best := s[o*n*inner:(o+1)*n*inner], out[o*inner:(o+1)*inner]
		if inner == 1 {
			at := 0
			if largest {
				at = most(rows)
			} else {
				at = least(rows)
			}
			best[0] = rows[at]
			continue
		}
		copy(best, rows)
		for rows = rows[inner:]; len(rows) > 0; rows = rows[inner:] {
			for j, v := range rows[:inner] {
				if b := best[j]; b == b && (v != v || (v > b) == largest && v != b) {
					best[j] = v
				}
			}
		}
	}
}
