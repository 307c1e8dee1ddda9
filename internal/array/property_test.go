package array

import (
	"fmt"
	"math"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// integerTypes with the limits that the language defines for them.
var integerTypes = map[Type][2]*big.Int{
	Int8: bounds(math.MinInt8, math.MaxInt8), Int16: bounds(math.MinInt16, math.MaxInt16),
	Int32: bounds(math.MinInt32, math.MaxInt32), Int64: bounds(math.MinInt64, math.MaxInt64),
	Uint8: bounds(0, math.MaxUint8), Uint16: bounds(0, math.MaxUint16),
	Uint32: bounds(0, math.MaxUint32), Uint64: {new(big.Int), new(big.Int).SetUint64(math.MaxUint64)},
}

func bounds(lo, hi int64) [2]*big.Int { return [2]*big.Int{big.NewInt(lo), big.NewInt(hi)} }

// drawInteger draws a value of t, often one near its limits or near 0.
func drawInteger(r *rapid.T, t Type) *big.Int {
	lim := integerTypes[t]
	near := big.NewInt(rapid.Int64Range(0, 20).Draw(r, "near"))
	v := new(big.Int)
	switch rapid.IntRange(0, 4).Draw(r, "where") {
	case 0:
		v.Add(lim[0], near)
	case 1:
		v.Sub(lim[1], near)
	case 2:
		v.Sub(near, big.NewInt(10))
	case 3:
		v.SetInt64(rapid.Int64Range(-1<<17, 1<<17).Draw(r, "small"))
	default:
		v.SetUint64(rapid.Uint64().Draw(r, "any"))
		v.Rsh(v, uint(rapid.IntRange(0, 63).Draw(r, "shift")))
	}
	if v.Cmp(lim[0]) < 0 || v.Cmp(lim[1]) > 0 {
		return big.NewInt(rapid.Int64Range(0, 100).Draw(r, "fallback"))
	}
	return v
}

// put writes v to element i of an integer array.
func put(t rapid.TB, a *Array, i int, v *big.Int) {
	switch a.Type() {
	case Int64:
		Of[int64](a)[i] = v.Int64()
	case Uint64:
		Of[uint64](a)[i] = v.Uint64()
	default:
		one := FromSlice([]int64{v.Int64()})
		c, err := one.Convert(a.Type())
		if err != nil {
			t.Fatal(err)
		}
		copy(a.view(i, 1).Bytes(), c.Bytes())
	}
}

// exactly computes x op y without limits; nil divides by zero.
func exactly(op operator, x, y *big.Int) *big.Int {
	z := new(big.Int)
	switch op {
	case opAdd:
		return z.Add(x, y)
	case opSub:
		return z.Sub(x, y)
	case opMul:
		return z.Mul(x, y)
	}
	if y.Sign() == 0 {
		return nil
	}
	q, m := z.DivMod(x, y, new(big.Int)) // Euclid's: 0 <= m < |y|
	if m.Sign() != 0 && y.Sign() < 0 {   // to floor's
		q.Sub(q, big.NewInt(1))
		m.Add(m, y)
	}
	if op == opDiv {
		return q
	}
	return m
}

// TestIntegerArithmetic compares each operation on whole arrays, and on an
// array and a number, with one on big integers element by element.
func TestIntegerArithmetic(t *testing.T) {
	for typ, lim := range integerTypes {
		t.Run(typ.String(), rapid.MakeCheck(func(r *rapid.T) {
			op := rapid.SampledFrom([]operator{opAdd, opSub, opMul, opDiv, opMod}).Draw(r, "op")
			n := rapid.SampledFrom([]int{1, 2, 7, chunk, chunk + 3}).Draw(r, "n")
			xs, ys := New(typ, n), New(typ, n)
			left := operand{xs, rapid.Bool().Draw(r, "number on the left")}
			right := operand{ys, !left.scalar && rapid.Bool().Draw(r, "number on the right")}
			if left.scalar {
				left.Array = New(typ, 1)
			}
			if right.scalar {
				right.Array = New(typ, 1)
			}
			want, fails := make([]string, n), -1
			var x, y *big.Int
			for i := range n {
				if i == 0 || !left.scalar && i < 10 {
					x = drawInteger(r, typ)
				}
				if i == 0 || !right.scalar && i < 10 {
					y = drawInteger(r, typ)
				}
				if i == 0 || !left.scalar {
					put(r, left.Array, i, x)
				}
				if i == 0 || !right.scalar {
					put(r, right.Array, i, y)
				}
				z := exactly(op, x, y)
				if (z == nil || z.Cmp(lim[0]) < 0 || z.Cmp(lim[1]) > 0) && fails < 0 {
					fails = i
				}
				want[i] = fmt.Sprint(z)
			}
			got, err := arith(op, left, right)
			checkResult(r, op, got, err, want, fails)
		}))
	}
}

func checkResult(r *rapid.T, op operator, got *Array, err error, want []string, fails int) {
	switch {
	case fails >= 0 && err == nil:
		r.Fatalf("%s: no error, want one at index %d: %s", operatorNames[op], fails+1, want[fails])
	case fails >= 0:
		if place := fmt.Sprintf("index %d: ", fails+1); !strings.Contains(err.Error(), place) {
			r.Fatalf("error %q, want it at %s", err, place)
		}
	case err != nil:
		r.Fatal(err)
	default:
		for i, w := range want {
			if got.exactText(i) != w {
				r.Fatalf("%s: element %d is %s, want %s", operatorNames[op], i+1, got.exactText(i), w)
			}
		}
	}
}

// TestIntegerReductions compares sum, prod, dot and cumsum with big integers.
func TestIntegerReductions(t *testing.T) {
	for typ := range integerTypes {
		wide := integerTypes[Int64]
		if typ.class() == unsigned {
			wide = integerTypes[Uint64]
		}
		t.Run(typ.String(), rapid.MakeCheck(func(r *rapid.T) {
			n := rapid.IntRange(0, 12).Draw(r, "n")
			a, b := New(typ, n), New(typ, n)
			sum, prod, dot := new(big.Int), big.NewInt(1), new(big.Int)
			prodFits, cumFits := true, true
			inside := func(v *big.Int) bool { return v.Cmp(wide[0]) >= 0 && v.Cmp(wide[1]) <= 0 }
			for i := range n {
				x, y := drawInteger(r, typ), drawInteger(r, typ)
				put(r, a, i, x)
				put(r, b, i, y)
				sum.Add(sum, x)
				prod.Mul(prod, x)
				prodFits = prodFits && inside(prod)
				cumFits = cumFits && inside(sum)
				dot.Add(dot, new(big.Int).Mul(x, y))
			}
			check := func(name string, one *Array, err error, want *big.Int, fits bool) {
				if fits != (err == nil) {
					r.Fatalf("%s is %s, fits %v, error %v", name, want, fits, err)
				}
				if fits && one.exactText(one.n-1) != want.String() {
					r.Fatalf("%s is %s, want %s", name, one.exactText(0), want)
				}
			}
			k := kernels[typ]
			one, err := k.sum(a)
			check("sum", one, err, sum, inside(sum))
			one, err = k.prod(a)
			check("prod", one, err, prod, prodFits)
			one, err = k.dot(a, b)
			check("dot", one, err, dot, inside(dot))
			if n > 0 {
				one, err = k.cumsum(a)
				check("cumsum", one, err, sum, cumFits)
			}
		}))
	}
}

// TestFloatSums compares with sums in 2000 bits: the error of a pairwise sum
// stays below log2(n) + block roundings of the sum of magnitudes.
func TestFloatSums(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		s := rapid.SliceOfN(rapid.Float64Range(-1e10, 1e10), 0, 600).Draw(r, "s")
		exact, size := new(big.Float).SetPrec(2000), 0.0
		a := FromSlice(s)
		running, _ := kernels[Float64].cumsum(a)
		for i, v := range s {
			exact.Add(exact, big.NewFloat(v))
			size += math.Abs(v)
			want, _ := exact.Float64()
			if got := Of[float64](running)[i]; math.Abs(got-want) > 4e-16*math.Abs(want)+1e-25*size {
				r.Fatalf("cumsum to %d is %v, want %v", i+1, got, want)
			}
		}
		want, _ := exact.Float64()
		if got := pairwise(s); math.Abs(got-want) > 45*1.2e-16*size {
			r.Fatalf("sum %v, want %v", got, want)
		}
	})
}

// TestConversions compares every pair of types with a conversion through
// exact text.
func TestConversions(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		from := rapid.SampledFrom(Types()).Draw(r, "from")
		to := rapid.SampledFrom(Types()).Draw(r, "to")
		f := rapid.SampledFrom([]float64{0, 1, -1, 1.5, 127, 128, -128, -129, 255, 256, 65535, 65536, 1 << 31, -1 << 31, 1<<31 - 1, 1 << 32,
			1<<53 + 2, 1 << 62, 1 << 63, -1 << 63, 1 << 64, 1e39, -1e39, math.Inf(1), math.NaN(), 3e38}).Draw(r, "f")
		src, err := FromSlice([]float64{f}).Convert(from)
		if err != nil {
			return
		}
		v := new(big.Float)
		if _, ok := v.SetString(srcText(src)); !ok && (to.isInteger() || to == Bool) { // not a number
			if _, err := src.Convert(to); err == nil {
				r.Fatalf("%s %s became %s", from, src.exactText(0), to)
			}
			return
		}
		got, err := src.Convert(to)
		fits := true
		switch {
		case to.isInteger():
			i, acc := v.Int(nil)
			fits = acc == big.Exact && i.Cmp(integerTypes[to][0]) >= 0 && i.Cmp(integerTypes[to][1]) <= 0
		case to == Bool:
			fits = v.String() == "0" || v.String() == "1"
		case to == Float32 || to == Complex64:
			fits = math.Abs(f) < 1e39 || math.IsInf(f, 0) || math.IsNaN(f)
		}
		if fits != (err == nil) {
			r.Fatalf("%s %s to %s: fits %v, error %v", from, src.exactText(0), to, fits, err)
		}
		if fits && to.isInteger() && got.exactText(0) != srcInteger(v) {
			r.Fatalf("%s %s to %s: %s", from, src.exactText(0), to, got.exactText(0))
		}
	})
}

// srcText returns the real part of the element for big.Float.
func srcText(a *Array) string {
	if a.Type() == Bool {
		return fmt.Sprint(truths(a)[0])
	}
	if a.Type().class() == complexed {
		re := parts(a, realOf)
		return re.exactText(0)
	}
	return a.exactText(0)
}

func srcInteger(v *big.Float) string {
	i, _ := v.Int(nil)
	return i.String()
}
