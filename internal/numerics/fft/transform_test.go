package fft

import (
	"math"
	"math/cmplx"
	"math/rand/v2"
	"testing"
)

// TestTransform compares with the definition, for lengths with and without large
// prime factors.
func TestTransform(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for _, n := range []int{0, 1, 2, 3, 4, 5, 7, 8, 12, 30, 31, 32, 37, 62, 74, 97, 100, 127, 128, 211, 250, 254} {
		x, out := make([]complex128, n), make([]complex128, n)
		for i := range x {
			x[i] = complex(r.NormFloat64(), r.NormFloat64())
		}
		tr := newTransform(n)
		tr.forward(out, x)
		for j := range out {
			want := complex128(0)
			for k, v := range x {
				want += v * cmplx.Rect(1, -2*math.Pi*float64(j*k%n)/float64(n))
			}
			if cmplx.Abs(out[j]-want) > 1e-12*float64(n) {
				t.Fatalf("length %d: element %d is %v, want %v", n, j, out[j], want)
			}
		}
		tr.inverse(out, out)
		for i := range x {
			if cmplx.Abs(out[i]-x[i]) > 1e-14*float64(n) {
				t.Fatalf("length %d: back at element %d: %v, want %v", n, i, out[i], x[i])
			}
		}
	}
}

// TestPrimeLength: a large prime length takes no time n * n.
func TestPrimeLength(t *testing.T) {
	const n = 100003
	x := make([]complex128, n)
	x[1] = 1
	newTransform(n).forward(x, x)
	if want := cmplx.Rect(1, -2*math.Pi*12345/n); cmplx.Abs(x[12345]-want) > 1e-9 {
		t.Errorf("element 12345 is %v, want %v", x[12345], want)
	}
}
