package npy

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
	"github.com/mpiclus/mpiclus-lua/internal/files"
)

// readRaw reads numbers that lie in a file one after the other.
func (o options) readRaw(ctx context.Context, f *os.File, size int64) (*array.Array, error) {
	left := size - int64(o.offset)
	if left < 0 {
		return nil, fmt.Errorf("offset %d: it has %d bytes", o.offset, size)
	}
	count, each := o.count, int64(o.typ.Size())
	if o.shape != nil && count < 0 {
		n, err := dense.Count(o.typ, o.shape)
		if err != nil {
			return nil, err
		}
		count = n
	}
	if count < 0 {
		if left%each != 0 {
			return nil, fmt.Errorf("%d bytes from byte %d on are no whole number of %s elements of %d bytes: see the option count", left, o.offset, o.typ, each)
		}
		count = int(left / each)
	}
	if int64(count) > left/each {
		return nil, fmt.Errorf("%d %s elements from byte %d on reach beyond its %d bytes", count, o.typ, o.offset, size)
	}
	if _, err := f.Seek(int64(o.offset), io.SeekStart); err != nil {
		return nil, err
	}
	return readElements(ctx, f, header{typ: o.typ, swapped: o.swapped, dims: []int{count}}, o.wish)
}

// writeInto writes numbers into a file at the offset; what else is there stays.
func (o output) writeInto(ctx context.Context, path string, a *array.Array) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE, 0o666)
	if err != nil {
		return files.Named(path, err)
	}
	w := bufio.NewWriterSize(io.NewOffsetWriter(f, int64(o.offset)), piece)
	err = writeElements(ctx, w, a, o.form)
	if err == nil {
		err = w.Flush()
	}
	if closed := f.Close(); err == nil {
		err = closed
	}
	if err != nil {
		return files.Named(path, err)
	}
	return nil
}
