package link

import (
	"os"
	"testing"

	"golang.org/x/sys/unix"
)

// One blob may be larger than any 32-bit count of bytes. It takes 12 GiB of
// memory, so it runs only when asked for.
func TestBlobBeyond4GiB(t *testing.T) {
	if os.Getenv("MPICLUS_TEST_LARGE") == "" {
		t.Skip("needs 12 GiB of memory: set MPICLUS_TEST_LARGE=1")
	}
	limit(t)
	const n = 5<<30 + 7
	blob, err := unix.Mmap(-1, 0, n, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_ANON|unix.MAP_PRIVATE|unix.MAP_NORESERVE)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = unix.Munmap(blob) }()
	marks := map[int]byte{0: 1, 1<<31 - 1: 2, 1 << 31: 3, 1<<32 - 1: 4, 1 << 32: 5, n - 1: 6}
	for i, m := range marks {
		blob[i] = m
	}
	a, b := kinds["unix"](t)
	sent := make(chan error, 1)
	go func() { sent <- a.Send(&Frame{ID: 9, Blobs: [][]byte{blob, {1}}}) }()
	f, err := b.Receive()
	if err != nil || len(f.Blobs[0]) != n || len(f.Blobs[1]) != 1 {
		t.Fatal(err)
	}
	for i, m := range marks {
		if f.Blobs[0][i] != m {
			t.Errorf("byte %d is %d, want %d", i, f.Blobs[0][i], m)
		}
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}
