package npy

import (
	"context"
	"io"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
)

// form is how elements are written.
type form struct {
	fortran bool // the first index fastest
	swapped bool // in the other byte order than this machine's
}

// writeArray writes an array as numpy does: its header and its elements.
func writeArray(ctx context.Context, w io.Writer, a *array.Array, f form) error {
	h := header{typ: a.Type(), swapped: f.swapped, dims: dense.Dims(a), fortran: f.fortran && ordersDiffer(dense.Dims(a))}
	if _, err := io.WriteString(w, h.String()); err != nil {
		return err
	}
	return writeElements(ctx, w, a, f)
}

// writeElements writes the elements alone.
func writeElements(ctx context.Context, w io.Writer, a *array.Array, f form) error {
	raw := dense.Bytes(a)
	if dims := dense.Dims(a); f.fortran && ordersDiffer(dims) {
		raw = turned(raw, a.Type().Size(), dims)
	}
	var swapped []byte
	for len(raw) > 0 {
		if err := context.Cause(ctx); err != nil {
			return err
		}
		part := raw[:min(len(raw), piece)]
		raw = raw[len(part):]
		if f.swapped {
			swapped = append(swapped[:0], part...)
			swapBytes(a.Type(), swapped)
			part = swapped
		}
		if _, err := w.Write(part); err != nil {
			return err
		}
	}
	return nil
}
