package luaplot

import (
	"fmt"
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

// labelled are the numbers of a series.
type labelled struct {
	label  string
	values []float64
	first  int // the place of the first on the x axis
}

// numbers copies an array or a list of numbers; in says what of the argument it is,
// "" for all of it.
func numbers(c *luamodule.Call, n int, name string, v lua.LValue, in string) []float64 {
	if a, ok := array.To(v); ok {
		if len(dense.Dims(a)) != 1 {
			c.Fail(n, name, "%svector expected, got %s", in, a.Kind())
		}
		s, err := dense.Floats(a)
		if err != nil {
			c.Fail(n, name, "%s%v", in, err)
		}
		return slices.Clone(s)
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		c.Fail(n, name, "%s%s", in, args.Expected("array or list of numbers", v))
	}
	count, wrong := args.List(t)
	if wrong != "" {
		c.Fail(n, name, "%s%s", in, wrong)
	}
	all := make([]float64, count)
	for i := range all {
		f, ok := vm.GetInt(t, i+1).(lua.LNumber)
		if !ok {
			c.Fail(n, name, "%sentry %d: %s", in, i+1, args.Expected("number", vm.GetInt(t, i+1)))
		}
		all[i] = float64(f)
	}
	return all
}

// many reads one series or several: an array or list of numbers is one; the columns
// of a matrix, the entries of a table by rank, as cluster.mpido gives it, and those of
// a list or a table by names are one each.
func many(c *luamodule.Call, n int, name string, v lua.LValue) []labelled {
	if a, ok := array.To(v); ok && len(dense.Dims(a)) == 2 {
		return columns(c, n, name, a)
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		return []labelled{{"", numbers(c, n, name, v, ""), 1}}
	}
	if zero := vm.RawGet(t, lua.LNumber(0)); zero != lua.LNil {
		return byRank(c, n, name, t)
	}
	if count, wrong := args.List(t); wrong == "" && (count == 0 || vm.GetInt(t, 1).Type() == lua.LTNumber) {
		if count == 0 {
			c.Fail(n, name, "it is empty")
		}
		return []labelled{{"", numbers(c, n, name, v, ""), 1}}
	}
	var all []labelled
	entries := map[string]lua.LValue{}
	vm.ForEach(t, func(k, v lua.LValue) {
		label := fmt.Sprint(k)
		entries[label] = v
		all = append(all, labelled{label: label, first: 1})
	})
	slices.SortStableFunc(all, func(a, b labelled) int { return natural(a.label, b.label) })
	for i := range all {
		all[i].values = numbers(c, n, name, entries[all[i].label], "entry "+all[i].label+": ")
	}
	return all
}

// natural orders labels: numbers by their value, before all others by their letters.
func natural(a, b string) int {
	var x, y float64
	_, notX := fmt.Sscan(a, &x)
	_, notY := fmt.Sscan(b, &y)
	switch {
	case notX == nil && notY == nil && x != y:
		if x < y {
			return -1
		}
		return 1
	case notX == nil && notY != nil:
		return -1
	case notX != nil && notY == nil:
		return 1
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

// byRank reads a table by rank: of numbers it is one series with the ranks as x, else
// a series for each rank.
func byRank(c *luamodule.Call, n int, name string, t *lua.LTable) []labelled {
	var all []labelled
	single := labelled{}
	for rank := 0; ; rank++ {
		v := vm.RawGet(t, lua.LNumber(rank))
		if v == lua.LNil {
			break
		}
		if f, ok := v.(lua.LNumber); ok && all == nil {
			single.values = append(single.values, float64(f))
			continue
		}
		label := fmt.Sprintf("rank %d", rank)
		all = append(all, labelled{label, numbers(c, n, name, v, label+": "), 1})
	}
	if all == nil {
		return []labelled{single}
	}
	if single.values != nil {
		c.Fail(n, name, "some ranks have a number, others have many")
	}
	return all
}

func columns(c *luamodule.Call, n int, name string, a *array.Array) []labelled {
	z, err := dense.Floats(a)
	if err != nil {
		c.Fail(n, name, "%v", err)
	}
	dims := dense.Dims(a)
	all := make([]labelled, dims[1])
	for j := range all {
		all[j] = labelled{fmt.Sprint(j + 1), make([]float64, dims[0]), 1}
		for i := range dims[0] {
			all[j].values[i] = z[i*dims[1]+j]
		}
	}
	if len(all) == 0 {
		c.Fail(n, name, "%s has no columns", args.WithArticle(a.Kind()))
	}
	return all
}

// matrixOf makes a matrix of a list of lists.
func matrixOf(c *luamodule.Call, t *lua.LTable) *array.Array {
	count, wrong := args.List(t)
	if wrong != "" {
		c.Fail(1, "matrix", "%s", wrong)
	}
	var rows []*array.Array
	for i := range count {
		rows = append(rows, array.FromSlice(numbers(c, 1, "matrix", vm.GetInt(t, i+1), fmt.Sprintf("row %d: ", i+1))))
	}
	m := dense.Stack(rows)
	if m == nil {
		c.Fail(1, "matrix", "list of lists of equal length expected")
	}
	return m
}

// counting returns first, first + 1, …
func counting(n, first int) []float64 {
	x := make([]float64, n)
	for i := range x {
		x[i] = float64(first + i)
	}
	return x
}
