package fft

import (
	"math"
	"math/cmplx"

	"gonum.org/v1/gonum/dsp/fourier"
)

// largestPrime is the largest prime factor of a length that gonum's transform
// takes; it needs time n for each, and so n*n for a prime length.
const largestPrime = 31

// transform transforms vectors of one length, any number of them.
type transform struct {
	n     int
	plain *fourier.CmplxFFT
	chirp *chirp // for lengths with large prime factors
}

func newTransform(n int) *transform {
	t := &transform{n: n}
	switch {
	case n == 0:
	case factors(n) <= largestPrime:
		t.plain = fourier.NewCmplxFFT(n)
	default:
		t.chirp = newChirp(n)
	}
	return t
}

// factors returns the largest prime factor of n.
func factors(n int) int {
	most := 1
	for p := 2; p*p <= n; p++ {
		for n%p == 0 {
			most, n = p, n/p
		}
	}
	return max(most, n)
}

// forward puts the sums of x[k] exp(-2 pi i j k / n) into out, which may be x.
func (t *transform) forward(out, x []complex128) {
	switch {
	case t.plain != nil:
		t.plain.Coefficients(out, x)
	case t.chirp != nil:
		t.chirp.forward(out, x)
	}
}

// inverse is the inverse of forward: the sums with the other sign, over n.
func (t *transform) inverse(out, x []complex128) {
	conjugate(out, x)
	t.forward(out, out)
	conjugate(out, out)
	scale := complex(1/float64(max(t.n, 1)), 0)
	for i := range out {
		out[i] *= scale
	}
}

func conjugate(out, x []complex128) {
	for i, z := range x {
		out[i] = cmplx.Conj(z)
	}
}

// chirp is Bluestein's algorithm ("A linear filtering approach to the computation
// of discrete Fourier transform", IEEE Transactions on Audio and Electroacoustics
// 18, 1970): the transform as a convolution, whose length m is a power of 2.
type chirp struct {
	w      []complex128 // exp(-pi i k*k / n)
	kernel []complex128 // the transform of its conjugate, over m
	work   []complex128
	plain  *fourier.CmplxFFT
}

func newChirp(n int) *chirp {
	m := 1
	for m < 2*n-1 {
		m *= 2
	}
	c := &chirp{w: make([]complex128, n), kernel: make([]complex128, m), work: make([]complex128, m), plain: fourier.NewCmplxFFT(m)}
	square := 0 // k*k modulo 2n, without overflow
	for k := range n {
		sin, cos := math.Sincos(math.Pi * float64(square) / float64(n))
		c.w[k] = complex(cos, -sin)
		c.kernel[k] = complex(cos, sin)
		if k > 0 {
			c.kernel[m-k] = c.kernel[k]
		}
		square = (square + 2*k + 1) % (2 * n)
	}
	c.plain.Coefficients(c.kernel, c.kernel)
	for i := range c.kernel {
		c.kernel[i] /= complex(float64(m), 0)
	}
	return c
}

func (c *chirp) forward(out, x []complex128) {
	for k, z := range x {
		c.work[k] = z * c.w[k]
	}
	clear(c.work[len(x):])
	c.plain.Coefficients(c.work, c.work)
	for i := range c.work {
		c.work[i] *= c.kernel[i]
	}
	c.plain.Sequence(c.work, c.work)
	for k := range out {
		out[k] = c.work[k] * c.w[k]
	}
}
