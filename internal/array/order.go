package array

import "slices"

type ordinal interface{ integer | floating }

// relation makes a relation between two values one between arrays.
func relation[T any](holds func(a, b T) bool) func(dst []bool, x, y *Array) {
	return func(dst []bool, x, y *Array) {
		b := elements[T](y)
		for i, v := range elements[T](x) {
			dst[i] = holds(v, b[i])
		}
	}
}

// compared fills in what needs equality only.
func compared[T comparable](k *kernel) {
	k.equal = func(x, y *Array) bool { return slices.Equal(elements[T](x), elements[T](y)) }
	k.compare[cmpEq] = relation(func(a, b T) bool { return a == b })
	k.compare[cmpNe] = relation(func(a, b T) bool { return a != b })
}

// ordered fills in what needs an order. isNaN is nil for types without NaN;
// see gives the elements to read.
func ordered[T ordinal](k *kernel, see func(*Array) []T, isNaN func(T) bool) {
	compared[T](k)
	k.compare[cmpLt] = relation(func(a, b T) bool { return a < b })
	k.compare[cmpLe] = relation(func(a, b T) bool { return a <= b })
	k.compare[cmpGt] = relation(func(a, b T) bool { return a > b })
	k.compare[cmpGe] = relation(func(a, b T) bool { return a >= b })
	k.least = func(x *Array) int { return least(see(x)) }
	k.most = func(x *Array) int { return most(see(x)) }
	k.peaks = func(out, x *Array, outer, n, inner int, largest bool) {
		extremes(elements[T](out), see(x), outer, n, inner, largest)
	}
	k.sort = func(x *Array, descending bool) {
		s := elements[T](x)
		s = s[:len(s)-nansLast(s, isNaN)]
		slices.Sort(s)
		if descending {
			slices.Reverse(s)
		}
	}
	k.order = func(x *Array, descending bool) *Array { return order(see(x), isNaN, descending) }
}

// least returns the index of the first smallest element, or NaN.
func least[T ordinal](s []T) int {
	best := 0
	for i, v := range s {
		if v < s[best] {
			best = i
		} else if v != v {
			return i
		}
	}
	return best
}

// most returns the index of the first largest element, or NaN.
func most[T ordinal](s []T) int {
	best := 0
	for i, v := range s {
		if v > s[best] {
			best = i
		} else if v != v {
			return i
		}
	}
	return best
}

// nansLast moves the NaNs to the end and counts them.
func nansLast[T ordinal](s []T, isNaN func(T) bool) int {
	if isNaN == nil {
		return 0
	}
	kept := 0
	for i, v := range s {
		if !isNaN(v) {
			s[kept], s[i] = v, s[kept]
			kept++
		}
	}
	return len(s) - kept
}

// order returns the indices from 1 in the order of their values: equal ones in
// the order in which they are, NaNs last.
func order[T ordinal](s []T, isNaN func(T) bool, descending bool) *Array {
	out := New(Int64, len(s))
	list := elements[int64](out)
	for i := range list {
		list[i] = int64(i) + 1
	}
	slices.SortStableFunc(list, func(i, j int64) int {
		a, b := s[i-1], s[j-1]
		switch {
		case isNaN != nil && (isNaN(a) || isNaN(b)):
			return boolInt(isNaN(a)) - boolInt(isNaN(b))
		case a == b:
			return 0
		case (a < b) != descending:
			return -1
		}
		return 1
	})
	return out
}

func boolInt(b bool) int {
	if b {
		return 1
	}
	return 0
}
