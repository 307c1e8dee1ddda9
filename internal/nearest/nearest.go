// Package nearest finds what somebody meant who mistyped a name, for messages
// that end in "did you mean …?".
package nearest

import (
	"math"
	"slices"
	"unicode"
)

// A change of case costs half of an insertion, removal, exchange, or swap of
// neighbours.
const (
	caseCost = 1
	editCost = 2
)

// Name returns the name that is most like word, or "" when none is like enough:
// one slip is allowed for each three letters of the longer one, and in shorter
// ones that of a letter's case. Of names alike it gives the first in the
// alphabet.
func Name(word string, names []string) string {
	best, least := "", math.MaxInt
	w := []rune(word)
	for _, name := range slices.Sorted(slices.Values(names)) {
		n := []rune(name)
		limit := max(caseCost, editCost*(max(len(w), len(n))/3))
		if d := distance(w, n); d <= limit && d < least {
			best, least = name, d
		}
	}
	return best
}

// distance is what it costs to make b of a.
func distance(a, b []rune) int {
	before, last := []int(nil), make([]int, len(b)+1) // the rows of a[:i-2] and a[:i-1]
	for j := range last {
		last[j] = j * editCost
	}
	for i := 1; i <= len(a); i++ {
		row := make([]int, len(b)+1)
		row[0] = i * editCost
		for j := 1; j <= len(b); j++ {
			row[j] = min(last[j]+editCost, row[j-1]+editCost, last[j-1]+exchange(a[i-1], b[j-1]))
			if i > 1 && j > 1 {
				swapped := exchange(a[i-1], b[j-2]) + exchange(a[i-2], b[j-1])
				if swapped < editCost {
					row[j] = min(row[j], before[j-2]+editCost+swapped)
				}
			}
		}
		before, last = last, row
	}
	return last[len(b)]
}

func exchange(a, b rune) int {
	switch {
	case a == b:
		return 0
	case unicode.ToLower(a) == unicode.ToLower(b):
		return caseCost
	default:
		return editCost
	}
}
