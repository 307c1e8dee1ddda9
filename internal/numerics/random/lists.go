package random

import (
	"math"
	"sort"

	lua "github.com/yuin/gopher-lua"
	"gonum.org/v1/gonum/mat"

	"github.com/mpiclus/mpiclus-lua/internal/args"
	"github.com/mpiclus/mpiclus-lua/internal/lua51/vm"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
)

// listRows lists what takes its numbers from lists, or puts them into an order.
func listRows() []function.Row {
	return []function.Row{
		{Name: "choice", Args: "items [, size [, options]]", Doc: "Some of the elements of an array, entries of a list, or numbers from 1 to a count. Options: `replace` (true unless given: the same may come again), `p` (the probabilities of the items).", Run: choice},
		{Name: "shuffle", Args: "items", Doc: "Puts a list, a vector or the rows of a matrix into a random order, in place; gives it.", Run: shuffle},
		{Name: "permutation", Args: "items", Doc: "The numbers from 1 to a count, or a copy of a list or array, in a random order.", Run: permutation},
		{Name: "multivariate_normal", Args: "mean, covariance [, count]", Doc: "A vector of the normal distribution of several variables, or a matrix with one in each of count rows.", Run: multivariateNormal},
	}
}

// entries returns how many items argument 1 has: an array's, a list's or a count.
func entries(c *function.Call) int {
	switch v := c.Arg(1).(type) {
	case lua.LNumber:
		n := c.Whole(1, "items", 0, function.MaxWhole)
		c.NeedMemory(1, "items", n)
		return n
	case *lua.LTable:
		n, wrong := args.List(v)
		if wrong != "" {
			c.Fail(1, "items", "%s", wrong)
		}
		return n
	}
	shape, ok := function.ShapeOf(c.Arg(1))
	if !ok {
		c.Expected(1, "items", "array, list or count")
	}
	return function.Count(shape)
}

func choice(c *function.Call) int {
	n := entries(c)
	shape, count := c.Size(2)
	if len(shape) > 1 {
		c.Fail(2, "size", "a count expected: see a:reshape(rows, cols)")
	}
	o := c.Options(3, "replace", "p")
	replace := o.Bool("replace", true)
	p := probabilities(c, o, n)
	if n == 0 && count > 0 {
		c.Fail(1, "items", "there is nothing to choose from")
	}
	var places []int
	s := of(c)
	switch {
	case replace && p == nil:
		places = drawn(count, func(int) int { return s.rand.IntN(n) })
	case replace:
		sums := cumulated(p)
		places = drawn(count, func(int) int { return place(s, sums) })
	default:
		places = different(c, n, count, p)
	}
	return c.Return(taken(c, places, shape == nil))
}

// probabilities reads the option p, nil where it is not given.
func probabilities(c *function.Call, o function.Options, n int) []float64 {
	if o.Get("p") == lua.LNil {
		return nil
	}
	p := o.Numbers("p")
	if len(p) != n {
		o.Fail("p", "%d probabilities for %d items", len(p), n)
	}
	sum := 0.0
	for i, x := range p {
		if !(x >= 0 && x <= 1+1e-8) {
			o.Fail("p", "entry %d is %s, which is no probability", i+1, args.Show(lua.LNumber(x)))
		}
		sum += x
	}
	if math.Abs(sum-1) > 1e-8 {
		o.Fail("p", "the probabilities sum to %s: divide them by that", args.Show(lua.LNumber(sum)))
	}
	return p
}

// cumulated returns the sums of the first 1, 2, … probabilities, up to the last one
// that is not 0.
func cumulated(p []float64) []float64 {
	for p[len(p)-1] == 0 { // they sum to 1
		p = p[:len(p)-1]
	}
	sums, sum := make([]float64, len(p)), 0.0
	for i, x := range p {
		sum += x
		sums[i] = sum
	}
	return sums
}

// place returns the place that a random number falls to.
func place(s *Stream, sums []float64) int {
	u := s.rand.Float64() * sums[len(sums)-1]
	return sort.Search(len(sums)-1, func(i int) bool { return sums[i] > u })
}

// different returns count places of n, none twice. With probabilities the order is
// that of exponential variables of these rates (Efraimidis, Spirakis, "Weighted
// random sampling with a reservoir", Information Processing Letters 97, 2006).
func different(c *function.Call, n, count int, p []float64) []int {
	possible := n
	for _, x := range p {
		if x == 0 {
			possible--
		}
	}
	if count > possible {
		c.Fail(2, "size", "%d of %d items that are possible, without replacement", count, possible)
	}
	s := of(c)
	if p == nil {
		return partly(s, n, count)
	}
	keys, order := make([]float64, n), make([]int, n)
	for i, x := range p {
		order[i], keys[i] = i, s.rand.ExpFloat64()/x // +Inf for 0: last
	}
	sort.SliceStable(order, func(i, k int) bool { return keys[order[i]] < keys[order[k]] })
	return order[:count]
}

// partly makes the first count steps of a shuffle of n places, and keeps only
// what these have moved.
func partly(s *Stream, n, count int) []int {
	moved := map[int]int{}
	at := func(i int) int {
		if v, ok := moved[i]; ok {
			return v
		}
		return i
	}
	return drawn(count, func(i int) int {
		k := i + s.rand.IntN(n-i)
		v := at(k)
		moved[k] = at(i)
		return v
	})
}

// taken returns the items of argument 1 at places, or the one of the first.
func taken(c *function.Call, places []int, one bool) lua.LValue {
	switch v := c.Arg(1).(type) {
	case lua.LNumber:
		numbers := make([]int64, len(places))
		for i, p := range places {
			numbers[i] = int64(p) + 1
		}
		if one {
			return lua.LNumber(numbers[0])
		}
		return function.ToVector(c.LState, numbers)
	case *lua.LTable:
		if one {
			return vm.GetInt(v, places[0]+1)
		}
		t := c.NewTable()
		for i, p := range places {
			vm.SetInt(t, i+1, vm.GetInt(v, p+1))
		}
		return t
	}
	if one {
		return vm.Index(c.LState, c.Arg(1), lua.LNumber(places[0]+1))
	}
	return function.Take(c.LState, c.Arg(1), places)
}

func shuffle(c *function.Call) int {
	mix(c, c.Arg(1))
	return c.Return(c.Arg(1))
}

// mix puts a list or an array into a random order.
func mix(c *function.Call, v lua.LValue) {
	if rows, ok := function.RowsOf(v); ok {
		of(c).rand.Shuffle(rows.N, rows.Swap)
		rows.Done()
		return
	}
	t, ok := v.(*lua.LTable)
	if !ok {
		c.Expected(1, "items", "array or list")
	}
	of(c).rand.Shuffle(entries(c), func(i, k int) {
		a, b := vm.GetInt(t, i+1), vm.GetInt(t, k+1)
		vm.SetInt(t, i+1, b)
		vm.SetInt(t, k+1, a)
	})
}

func permutation(c *function.Call) int {
	switch v := c.Arg(1).(type) {
	case lua.LNumber:
		numbers := drawn(entries(c), func(i int) int64 { return int64(i) + 1 })
		of(c).rand.Shuffle(len(numbers), func(i, k int) { numbers[i], numbers[k] = numbers[k], numbers[i] })
		return c.Return(function.ToVector(c.LState, numbers))
	case *lua.LTable:
		t := c.NewTable()
		for i := range entries(c) {
			vm.SetInt(t, i+1, vm.GetInt(v, i+1))
		}
		mix(c, t)
		return c.Return(t)
	}
	entries(c) // raises for what is no array
	copied := function.Copy(c.LState, c.Arg(1))
	mix(c, copied)
	return c.Return(copied)
}

// multivariateNormal is mean + V sqrt(w) z for the eigenvalues w and eigenvectors
// V of the covariance, which may be singular, and independent z.
func multivariateNormal(c *function.Call) int {
	mean, cov := c.Sample(1, "mean", 1), c.SquareMatrix(2, "covariance")
	if cov.Rows != len(mean) {
		c.Fail(2, "covariance", "a matrix of %dx%d expected for a mean of %d", len(mean), len(mean), len(mean))
	}
	root := covarianceRoot(c, cov)
	count, d := 1, len(mean)
	if c.Given(3) {
		count = c.Whole(3, "count", 0, function.MaxWhole/d)
		c.NeedMemory(3, "count", count*d)
	}
	s, out, z := of(c), make([]float64, count*d), make([]float64, d)
	for r := range count {
		for i := range z {
			z[i] = s.rand.NormFloat64()
		}
		row := mat.NewVecDense(d, out[r*d:(r+1)*d])
		row.MulVec(root, mat.NewVecDense(d, z))
		row.AddVec(row, mat.NewVecDense(d, mean))
	}
	if c.Given(3) {
		return c.Return(function.ToMatrix(c.LState, count, d, out))
	}
	return c.Return(function.ToVector(c.LState, out))
}

func covarianceRoot(c *function.Call, m function.Matrix) *mat.Dense {
	scale := 0.0
	for _, x := range m.Data {
		scale = math.Max(scale, math.Abs(x))
	}
	for i := range m.Rows {
		for k := range i {
			if math.Abs(m.Data[i*m.Cols+k]-m.Data[k*m.Cols+i]) > 1e-8*scale {
				c.Fail(2, "covariance", "it is not symmetric: row %d, column %d", i+1, k+1)
			}
		}
	}
	var e mat.EigenSym
	if !e.Factorize(mat.NewSymDense(m.Rows, append([]float64(nil), m.Data...)), true) {
		c.Fail(2, "covariance", "its eigenvalues did not converge")
	}
	var v mat.Dense
	e.VectorsTo(&v)
	for k, w := range e.Values(nil) {
		if w < -1e-8*scale {
			c.Fail(2, "covariance", "it is not positive semidefinite: an eigenvalue is %s", args.Show(lua.LNumber(w)))
		}
		factor := math.Sqrt(math.Max(w, 0))
		for i := range m.Rows {
			v.Set(i, k, v.At(i, k)*factor)
		}
	}
	return &v
}
