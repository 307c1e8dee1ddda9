package npy

import (
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
)

// wish is what a script wants of an array in a file.
type wish struct {
	shape       []int // the same elements in other dimensions, nil as they are
	first, last int   // rows from 1, 0 for all; last may be 0 alone, for the end
}

// piece is how much is read before it is seen whether to go on, in bytes.
const piece = 1 << 23

// readArray reads an array of .npy: its header and its elements, which must be all
// that follows.
func readArray(ctx context.Context, r io.Reader, w wish) (*array.Array, error) {
	h, _, err := readHeader(r)
	if err != nil {
		return nil, err
	}
	a, err := readElements(ctx, r, h, w)
	if err != nil {
		return nil, err
	}
	if w.last == 0 || w.last == h.dims[0] {
		if n, err := io.ReadFull(r, make([]byte, 1)); n > 0 {
			return nil, fmt.Errorf("there is more behind the elements of the array of shape %s", dense.Shape(h.dims))
		} else if !errors.Is(err, io.EOF) {
			return nil, err // as of a zip file whose checksum is wrong
		}
	}
	return a, nil
}

// readElements reads the elements that a header promises.
func readElements(ctx context.Context, r io.Reader, h header, w wish) (*array.Array, error) {
	if _, err := dense.Count(h.typ, h.dims); err != nil {
		return nil, err
	}
	dims, skip, err := w.part(h)
	if err != nil {
		return nil, err
	}
	shape := dims
	if w.shape != nil {
		if shape = w.shape; !sameCount(h.typ, shape, dims) {
			return nil, fmt.Errorf("it has the shape %s, which does not make %s", dense.Shape(dims), dense.Shape(shape))
		}
	}
	if err := dense.Fits(h.typ, shape); err != nil {
		if len(shape) > array.MaxDims {
			err = fmt.Errorf("%w: {shape = {rows, cols}} reads it as a matrix", err)
		}
		return nil, err
	}
	if err := pass(r, skip); err != nil {
		return nil, tooShort(h, err)
	}
	a, err := dense.New(h.typ, shape)
	if err != nil {
		return nil, err
	}
	raw := a.Bytes()
	if err := fill(ctx, r, raw); err != nil {
		return nil, tooShort(h, err)
	}
	if h.swapped {
		swapBytes(h.typ, raw)
	}
	if h.fortran && ordersDiffer(dims) {
		back := slices.Clone(dims)
		slices.Reverse(back)
		copy(raw, turned(raw, h.typ.Size(), back))
	}
	if h.typ == array.Bool {
		makeTruths(raw)
	}
	return a, nil
}

// makeTruths has all bytes but 0 be 1: numpy takes them for true.
func makeTruths(raw []byte) {
	for i, b := range raw {
		if b > 1 {
			raw[i] = 1
		}
	}
}

// part returns the dimensions of the rows that are wished for, and how many bytes
// stand in front of them.
func (w wish) part(h header) (dims []int, skip int, err error) {
	if w.first == 0 {
		return h.dims, 0, nil
	}
	switch {
	case len(h.dims) == 0:
		return nil, 0, fmt.Errorf("it is a single number, which has no rows")
	case h.fortran && ordersDiffer(h.dims):
		return nil, 0, fmt.Errorf("it is in the order of Fortran, where a row is in no one place: read all of it")
	}
	last := w.last
	if last == 0 {
		last = h.dims[0]
	}
	if w.first > last+1 || last > h.dims[0] {
		return nil, 0, fmt.Errorf("rows %d to %d: it has %d", w.first, last, h.dims[0])
	}
	dims = slices.Clone(h.dims)
	dims[0] = last - w.first + 1
	skip = (w.first - 1) * h.typ.Size()
	for _, d := range dims[1:] {
		skip *= d
	}
	return dims, skip, nil
}

// pass goes on by n bytes, which of a file are not read.
func pass(r io.Reader, n int) error {
	if n == 0 {
		return nil
	}
	if f, ok := r.(io.Seeker); ok {
		_, err := f.Seek(int64(n), io.SeekCurrent)
		return err
	}
	_, err := io.CopyN(io.Discard, r, int64(n))
	return err
}

func sameCount(t array.Type, a, b []int) bool {
	n, err := dense.Count(t, a)
	m, err2 := dense.Count(t, b)
	return err == nil && err2 == nil && n == m
}

// fill reads all of raw.
func fill(ctx context.Context, r io.Reader, raw []byte) error {
	for len(raw) > 0 {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		n, err := io.ReadFull(r, raw[:min(len(raw), piece)])
		if err != nil {
			return err
		}
		raw = raw[n:]
	}
	return nil
}

// tooShort says of what a file has too little, if that is the error.
func tooShort(h header, err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("it ends before the last of the %s elements of the shape %s", h.typ, dense.Shape(h.dims))
	}
	return err
}
