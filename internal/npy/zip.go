package npy

import (
	"archive/zip"
	"context"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// zipMagic is what a file of members begins with, one without any with the second.
const (
	zipMagic      = "PK\x03\x04"
	zipMagicEmpty = "PK\x05\x06"
)

// firstDay is the date of all that numpy writes: the first that zip has.
var firstDay = time.Date(1980, 1, 1, 0, 0, 0, 0, time.UTC)

// named is an array of an .npz file.
type named struct {
	name string
	a    *array.Array
}

// readZip reads the arrays of an .npz file: all, or those of the names.
func readZip(ctx context.Context, r io.ReaderAt, size int64, names []string, w wish) ([]named, error) {
	z, err := zip.NewReader(r, size)
	if err != nil {
		return nil, fmt.Errorf("it is no whole .npz file: %w", err)
	}
	members, there := map[string]*zip.File{}, []string{}
	for _, m := range z.File {
		name := strings.TrimSuffix(m.Name, ".npy")
		if members[name] != nil {
			return nil, fmt.Errorf("it has two members %s", name)
		}
		members[name] = m
		there = append(there, name)
	}
	if names == nil {
		names = there
	}
	var all []named
	for _, name := range names {
		m := members[name]
		if m == nil {
			return nil, fmt.Errorf("it has no member %q: there are %s", name, strings.Join(there, ", "))
		}
		a, err := readMember(ctx, m, w)
		if err != nil {
			return nil, fmt.Errorf("member %s: %w", name, err)
		}
		all = append(all, named{name, a})
	}
	return all, nil
}

func readMember(ctx context.Context, m *zip.File, w wish) (*array.Array, error) {
	r, err := m.Open()
	if err != nil {
		return nil, err
	}
	defer r.Close()
	return readArray(ctx, r, w)
}

// writeZip writes an .npz file. Its members are what numpy writes, byte for byte.
func writeZip(ctx context.Context, to io.Writer, all []named, compress bool, f form) error {
	z := zip.NewWriter(to)
	for _, m := range all {
		head := &zip.FileHeader{Name: m.name + ".npy", Method: zip.Store, Modified: firstDay}
		if compress {
			head.Method = zip.Deflate
		}
		w, err := z.CreateHeader(head)
		if err == nil {
			err = writeArray(ctx, w, m.a, f)
		}
		if err != nil {
			return err
		}
	}
	return z.Close()
}
