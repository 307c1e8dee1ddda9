package shm

import (
	"errors"
	"testing"
)

// FuzzView asks for any region: it is in the memory, and can be read to its
// end, or an error.
func FuzzView(f *testing.F) {
	for _, r := range [][2]uint64{{0, 0}, {0, 10}, {1 << 20, 1}, {1<<64 - 1, 1}, {1, 1<<64 - 1}, {1 << 62, 1 << 62}} {
		f.Add(r[0], r[1])
	}
	m, err := Create()
	if err != nil {
		f.Fatal(err)
	}
	f.Cleanup(func() { m.Close() })
	if _, err := m.Alloc(3 << 20); err != nil {
		f.Fatal(err)
	}
	far := Open(m.File())
	f.Fuzz(func(t *testing.T, offset, n uint64) {
		p, err := far.View(offset, n)
		if err != nil {
			if !errors.Is(err, ErrOutside) {
				t.Error(err)
			}
			return
		}
		defer p.Release()
		if uint64(len(p.Bytes)) != n {
			t.Fatalf("%d bytes of %d", len(p.Bytes), n)
		}
		if n > 0 {
			p.Bytes[0], p.Bytes[n-1] = 1, 2
		}
	})
}
