// Package files opens and writes the files of scripts in such a way that nothing
// hangs and nothing is left half written.
package files

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"syscall"
)

// Open opens a regular file to read, and gives its size in bytes. A folder and
// what may keep a reader waiting (a FIFO, a terminal) are errors, which name the
// path, as all errors here do.
func Open(path string) (f *os.File, size int64, err error) {
	f, err = os.OpenFile(path, os.O_RDONLY|syscall.O_NONBLOCK, 0)
	if err != nil {
		return nil, 0, Named(path, err)
	}
	st, err := f.Stat()
	switch {
	case err != nil:
		err = Named(path, err)
	case st.IsDir():
		err = fmt.Errorf("%s is a folder", path)
	case !st.Mode().IsRegular():
		err = fmt.Errorf("%s is no regular file: read it with io.open", path)
	}
	if err != nil {
		f.Close()
		return nil, 0, err
	}
	return f, st.Size(), nil
}

// Named returns the error of a file as messages have it: "a/b.csv: no such file or
// directory".
func Named(path string, err error) error {
	var p *fs.PathError
	var l *os.LinkError
	switch {
	case errors.As(err, &p):
		err = p.Err
	case errors.As(err, &l):
		err = l.Err
	}
	return fmt.Errorf("%s: %w", path, err)
}

// Write writes a file as a whole: it appears under its name when all of it is
// there, and after an error, or when ctx ends, what was there before still is. What
// is no regular file (/dev/stdout) is written to directly, and so is a file in a
// folder that takes no new ones.
func Write(ctx context.Context, path string, write func(w io.Writer) error) error {
	mode := fs.FileMode(0o666)
	if st, err := os.Stat(path); err == nil {
		if !st.Mode().IsRegular() {
			return direct(ctx, path, write)
		}
		mode = st.Mode().Perm()
		if real, err := filepath.EvalSymlinks(path); err == nil {
			path = real
		}
	}
	// Other processes, maybe of other hosts, may write the same file now.
	temporary := fmt.Sprintf("%s.%08x.part", path, rand.Uint32())
	f, err := os.OpenFile(temporary, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if errors.Is(err, fs.ErrPermission) || errors.Is(err, syscall.ENAMETOOLONG) {
		return direct(ctx, path, write)
	}
	if err != nil {
		return Named(path, err)
	}
	if err = fill(ctx, f, write); err == nil {
		err = os.Rename(temporary, path)
	}
	if err != nil {
		os.Remove(temporary)
		return Named(path, err)
	}
	return nil
}

func direct(ctx context.Context, path string, write func(w io.Writer) error) error {
	f, err := os.OpenFile(path, os.O_WRONLY|os.O_CREATE|os.O_TRUNC|syscall.O_NONBLOCK, 0o666)
	if err == nil {
		err = fill(ctx, f, write)
	}
	if err != nil {
		return Named(path, err)
	}
	return nil
}

// fill writes to f and closes it.
func fill(ctx context.Context, f *os.File, write func(w io.Writer) error) error {
	b := bufio.NewWriterSize(until{ctx, f}, 1<<18)
	err := write(b)
	if err == nil {
		err = b.Flush()
	}
	return errors.Join(err, f.Close())
}

// until is a writer that gives up when ctx ends.
type until struct {
	ctx context.Context
	w   io.Writer
}

func (u until) Write(b []byte) (int, error) {
	if err := context.Cause(u.ctx); err != nil {
		return 0, err
	}
	return u.w.Write(b)
}
