package stdlib

import (
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
)

// tableSort is table.sort(t [, less]). It makes the comparisons that lua5.1
// makes, in their order: a sort is not stable, and scripts show which of two
// equal values comes first.
func tableSort(L *lua.LState, env *Env) int {
	t := checkList(L, 1)
	n := vm.Length(t)
	if L.Get(2) != lua.LNil {
		checkFunction(L, 2)
	}
	L.SetTop(2)
	if less, ok := L.Get(2).(*lua.LFunction); ok {
		sortBy(L, t, n, func(a, b lua.LValue) bool {
			L.Push(less)
			L.Push(a)
			L.Push(b)
			L.Call(2, 1)
			result := lua.LVAsBool(L.Get(-1))
			L.SetTop(2)
			return result
		})
		return 0
	}
	list := vm.List(t)[:n]
	check := func() { env.Check(L) }
	if keyed, ok := numbersOf(list); ok {
		quicksort(keyed, check)
		writeBack(list, keyed)
	} else if keyed, ok := stringsOf(list); ok {
		quicksort(keyed, check)
		writeBack(list, keyed)
	} else {
		sortBy(L, t, n, func(a, b lua.LValue) bool { return lessThan(L, a, b) })
	}
	return 0
}

// keyed is a value of a list with what it is sorted by.
type keyed[K float64 | string] struct {
	key K
	v   lua.LValue
}

// numbersOf reports whether a list holds numbers alone, which are in one order:
// no NaN.
func numbersOf(list []lua.LValue) ([]keyed[float64], bool) {
	if len(list) == 0 || list[0].Type() != lua.LTNumber {
		return nil, false
	}
	all := make([]keyed[float64], len(list))
	for i, v := range list {
		n, ok := v.(lua.LNumber)
		if !ok || math.IsNaN(float64(n)) {
			return nil, false
		}
		all[i] = keyed[float64]{float64(n), v}
	}
	return all, true
}

func stringsOf(list []lua.LValue) ([]keyed[string], bool) {
	if len(list) == 0 || list[0].Type() != lua.LTString {
		return nil, false
	}
	all := make([]keyed[string], len(list))
	for i, v := range list {
		s, ok := v.(lua.LString)
		if !ok {
			return nil, false
		}
		all[i] = keyed[string]{string(s), v}
	}
	return all, true
}

func writeBack[K float64 | string](list []lua.LValue, sorted []keyed[K]) {
	for i := range sorted {
		list[i] = sorted[i].v
	}
}

// partCheck is from how many elements on the sort of a part looks first
// whether the script was interrupted.
const partCheck = 1 << 16

// quicksort sorts values that are in one order. It goes the way of sorter.sort.
func quicksort[K float64 | string](a []keyed[K], check func()) {
	for len(a) > 1 {
		if len(a) >= partCheck {
			check()
		}
		last := len(a) - 1
		if a[last].key < a[0].key {
			a[0], a[last] = a[last], a[0]
		}
		if last == 1 {
			return
		}
		i := last / 2
		if a[i].key < a[0].key {
			a[i], a[0] = a[0], a[i]
		} else if a[last].key < a[i].key {
			a[i], a[last] = a[last], a[i]
		}
		if last == 2 {
			return
		}
		pivot := a[i].key
		a[i], a[last-1] = a[last-1], a[i]
		i, j := 0, last-1
		for {
			for i++; a[i].key < pivot; i++ {
			}
			for j--; pivot < a[j].key; j-- {
			}
			if j < i {
				break
			}
			a[i], a[j] = a[j], a[i]
		}
		a[last-1], a[i] = a[i], a[last-1]
		if i < last-i {
			quicksort(a[:i], check)
			a = a[i+1:]
		} else {
			quicksort(a[i+1:], check)
			a = a[:i]
		}
	}
}

// sorter sorts a list by an order that a script defines, and that may be none.
type sorter struct {
	L    *lua.LState
	t    *lua.LTable
	n    int
	less func(a, b lua.LValue) bool
}

func sortBy(L *lua.LState, t *lua.LTable, n int, less func(a, b lua.LValue) bool) {
	s := &sorter{L: L, t: t, n: n, less: less}
	s.sort(1, n)
}

func (s *sorter) at(i int) lua.LValue { return vm.GetInt(s.t, i) }

func (s *sorter) swap(i, j int, vi, vj lua.LValue) {
	vm.SetInt(s.t, i, vj)
	vm.SetInt(s.t, j, vi)
}

// sort sorts the positions from first to last by the median of three.
func (s *sorter) sort(first, last int) {
	for first < last {
		middle := s.median(first, last)
		if last-first <= 2 {
			return
		}
		i := s.partition(first, last, middle)
		if i-first < last-i {
			s.sort(first, i-1)
			first = i + 1
		} else {
			s.sort(i+1, last)
			last = i - 1
		}
	}
}

// median puts the values at first, the middle and last in order, and returns
// the middle.
func (s *sorter) median(first, last int) int {
	if a, z := s.at(first), s.at(last); s.less(z, a) {
		s.swap(first, last, a, z)
	}
	middle := (first + last) / 2
	if last-first == 1 {
		return middle
	}
	if a, m := s.at(first), s.at(middle); s.less(m, a) {
		s.swap(first, middle, a, m)
	} else if z := s.at(last); s.less(z, m) {
		s.swap(middle, last, m, z)
	}
	return middle
}

// partition moves what is less than the value in the middle before what is
// greater, and returns where that value then is.
func (s *sorter) partition(first, last, middle int) int {
	pivot := s.at(middle)
	s.swap(middle, last-1, pivot, s.at(last-1))
	i, j := first, last-1
	for {
		var vi, vj lua.LValue
		for i++; ; i++ {
			if vi = s.at(i); !s.less(vi, pivot) {
				break
			}
			if i > last {
				raise(s.L, "invalid order function for sorting")
			}
		}
		for j--; ; j-- {
			if vj = s.at(j); !s.less(pivot, vj) {
				break
			}
			if j < first {
				raise(s.L, "invalid order function for sorting")
			}
		}
		if j < i {
			break
		}
		s.swap(i, j, vi, vj)
	}
	s.swap(last-1, i, s.at(last-1), s.at(i))
	return i
}

// lessThan is a < b. What cannot be compared raises an error without a place,
// as lua5.1 does in a library function.
func lessThan(L *lua.LState, a, b lua.LValue) bool {
	switch x := a.(type) {
	case lua.LNumber:
		if y, ok := b.(lua.LNumber); ok {
			return x < y
		}
	case lua.LString:
		if y, ok := b.(lua.LString); ok {
			return x < y
		}
	}
	if a.Type() == b.Type() {
		less := L.GetMetaField(a, "__lt")
		if less != lua.LNil && L.RawEqual(less, L.GetMetaField(b, "__lt")) {
			return lua.LVAsBool(call(L, less, a, b))
		}
	}
	vm.FailCompare(L, a, b)
	return false
}
