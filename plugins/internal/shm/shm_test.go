package shm

import (
	"errors"
	"math"
	"os"
	"runtime"
	"slices"
	"syscall"
	"testing"

	"pgregory.net/rapid"
)

func create2(t testing.TB) (owner, other *Memory) {
	t.Helper()
	owner, err := Create()
	if err != nil {
		t.Fatal(err)
	}
	fd, err := syscall.Dup(int(owner.File().Fd()))
	if err != nil {
		t.Fatal(err)
	}
	other = Open(os.NewFile(uintptr(fd), "other"))
	t.Cleanup(func() { owner.Close(); other.Close() })
	return owner, other
}

// Pieces never overlap, keep their content while the memory grows, and the
// other side sees the same.
func TestPiecesAreApart(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		owner, err := Create()
		if err != nil {
			r.Fatal(err)
		}
		defer owner.Close()
		var live []*Piece
		for i := range rapid.IntRange(1, 60).Draw(r, "steps") {
			if len(live) > 0 && rapid.Bool().Draw(r, "release") {
				k := rapid.IntRange(0, len(live)-1).Draw(r, "which")
				live[k].Release()
				live = slices.Delete(live, k, k+1)
				continue
			}
			p, err := owner.Alloc(rapid.IntRange(0, 3<<20).Draw(r, "size"))
			if err != nil {
				r.Fatal(err)
			}
			for j := 0; j < len(p.Bytes); j += 1000 {
				p.Bytes[j] = byte(i)
			}
			for _, q := range live {
				if p.Offset < q.Offset+len(q.Bytes) && q.Offset < p.Offset+len(p.Bytes) {
					r.Fatalf("%d+%d and %d+%d overlap", p.Offset, len(p.Bytes), q.Offset, len(q.Bytes))
				}
				if len(q.Bytes) > 0 {
					if v, err := owner.View(uint64(q.Offset), 1); err != nil || v.Bytes[0] != q.Bytes[0] {
						r.Fatalf("piece at %d: %v", q.Offset, err)
					}
				}
			}
			live = append(live, p)
		}
	})
}

func TestBothSidesSeeTheSame(t *testing.T) {
	owner, other := create2(t)
	for _, n := range []int{1, 100, 5 << 20, 33 << 20} {
		p, err := owner.Alloc(n)
		if err != nil {
			t.Fatal(err)
		}
		p.Bytes[n-1] = 42
		v, err := other.View(uint64(p.Offset), uint64(n))
		if err != nil {
			t.Fatal(err)
		}
		if v.Bytes[n-1] != 42 {
			t.Errorf("%d bytes: the other side sees %d", n, v.Bytes[n-1])
		}
		v.Bytes[0] = 7
		if p.Bytes[0] != 7 {
			t.Errorf("%d bytes: the owner sees %d", n, p.Bytes[0])
		}
		if at, ok := other.Locate(v.Bytes[n/2:]); !ok || at != p.Offset+n/2 {
			t.Errorf("Locate gives %d, %v", at, ok)
		}
		v.Release()
	}
	if _, ok := owner.Locate(make([]byte, 8)); ok {
		t.Error("memory of the heap is located")
	}
}

func TestViewsOutside(t *testing.T) {
	owner, other := create2(t)
	if _, err := other.View(0, 1); !errors.Is(err, ErrOutside) {
		t.Errorf("a view of nothing: %v", err)
	}
	if _, err := owner.Alloc(1); err != nil {
		t.Fatal(err)
	}
	for _, r := range [][2]uint64{{0, 1 << 40}, {1 << 40, 1}, {math.MaxUint64, 1}, {math.MaxUint64, math.MaxUint64}, {math.MaxInt64, math.MaxInt64}} {
		if _, err := other.View(r[0], r[1]); !errors.Is(err, ErrOutside) {
			t.Errorf("a view of %d bytes at %d: %v", r[1], r[0], err)
		}
	}
	if _, err := owner.Alloc(-1); err == nil {
		t.Error("an allocation of -1 bytes")
	}
}

// A piece stays mapped after Close, and no use of it crashes.
func TestPiecesOutliveClose(t *testing.T) {
	owner, _ := create2(t)
	p, err := owner.Alloc(10)
	if err != nil {
		t.Fatal(err)
	}
	owner.Close()
	p.Bytes[9] = 1
	p.Release()
	p.Release()
	if _, err := owner.Alloc(1); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Alloc after Close: %v", err)
	}
}

// Nobody can make the file shorter: a mapping never faults.
func TestFileCannotShrink(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("seals are of Linux")
	}
	owner, other := create2(t)
	if _, err := owner.Alloc(100); err != nil {
		t.Fatal(err)
	}
	if err := other.File().Truncate(0); err == nil {
		t.Error("the other side made the memory shorter")
	}
}

// Large memory that nobody uses goes back to the system.
func TestTrim(t *testing.T) {
	if runtime.GOOS != "linux" {
		t.Skip("holes are punched on Linux")
	}
	owner, _ := create2(t)
	p, err := owner.Alloc(keepFree + least)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(p.Bytes); i += 4096 {
		p.Bytes[i] = 1
	}
	blocks := func() int64 {
		var st syscall.Stat_t
		if err := syscall.Fstat(int(owner.File().Fd()), &st); err != nil {
			t.Fatal(err)
		}
		return st.Blocks * 512
	}
	if n := blocks(); n < keepFree {
		t.Fatalf("%d bytes in use", n)
	}
	p.Release()
	owner.punch()
	if n := blocks(); n > least {
		t.Errorf("%d bytes still in use", n)
	}
}
