package link

import (
	"bytes"
	"errors"
	"io"
	"runtime"
	"testing"
	"testing/iotest"
	"time"
)

// readAll reads frames until the first error.
func readAll(r io.Reader) (frames []*Frame, err error) {
	for in := newFrameReader(r); ; {
		f, err := in.read()
		if err != nil {
			return frames, err
		}
		frames = append(frames, f)
	}
}

// FuzzRead gives the reader any bytes: it must end with one of the errors of
// the contract, and what it did read must be what the bytes say.
func FuzzRead(f *testing.F) {
	for name, frame := range shapes() {
		if b := encode(frame); len(b) < 100_000 {
			f.Add(b)
			f.Add(append(b, encode(&Frame{Kind: 1, Head: []byte(name)})...))
			f.Add(b[:len(b)/2])
		}
	}
	f.Add([]byte("GET / HTTP/1.1\r\nHost: a\r\n\r\n"))
	f.Add(header{head: 1 << 31}.append(nil))
	f.Add(header{blobs: 1<<32 - 1}.append(nil))
	f.Add(append(header{blobs: 1}.append(nil), 255, 255, 255, 255, 255, 255, 255, 127))
	f.Add(append(header{blobs: 2}.append(nil), bytes.Repeat([]byte{0, 0, 0, 0, 0, 1, 0, 0}, 2)...))
	f.Fuzz(func(t *testing.T, b []byte) {
		frames, err := readAll(bytes.NewReader(b))
		var again bytes.Buffer
		for _, frame := range frames {
			again.Write(encode(frame))
		}
		if !bytes.HasPrefix(b, again.Bytes()) {
			t.Errorf("%d frames read are not what came in", len(frames))
		}
		var violation *ProtocolError
		switch {
		case err == io.EOF && again.Len() == len(b):
		case err == io.ErrUnexpectedEOF && again.Len() < len(b):
		case errors.As(err, &violation):
		default:
			t.Errorf("%v after %d of %d bytes", err, again.Len(), len(b))
		}
	})
}

// Bytes that trickle in make the same frames.
func TestReadInPieces(t *testing.T) {
	for name, want := range shapes() {
		b := encode(want)
		if len(b) > 1<<20 {
			continue
		}
		for _, r := range []io.Reader{iotest.OneByteReader(bytes.NewReader(b)), iotest.DataErrReader(bytes.NewReader(b))} {
			frames, err := readAll(r)
			if err != io.EOF || len(frames) != 1 {
				t.Fatalf("%s: %d frames, %v", name, len(frames), err)
			}
			if err := equalFrames(frames[0], want); err != nil {
				t.Error(name, err)
			}
		}
	}
}

// Every cut of a frame is told from a clean end.
func TestReadCutFrame(t *testing.T) {
	b := encode(&Frame{Kind: 1, Head: []byte("head"), Blobs: [][]byte{{1, 2}, nil, {3}}})
	for n := range len(b) {
		want := io.ErrUnexpectedEOF
		if n == 0 {
			want = io.EOF
		}
		if _, err := readAll(bytes.NewReader(b[:n])); err != want {
			t.Errorf("cut after %d bytes: %v, want %v", n, err, want)
		}
	}
}

// A header that announces much must not cost much.
func TestLyingHeader(t *testing.T) {
	lengths := func(n uint32, each uint64) []byte {
		b := header{blobs: n}.append(nil)
		for range n {
			for i := range lengthSize {
				b = append(b, byte(each>>(8*i)))
			}
		}
		return b
	}
	for name, b := range map[string][]byte{
		"head":       header{head: MaxHead}.append(nil),
		"blob":       lengths(1, MaxTotal),
		"blobs":      header{blobs: MaxBlobs}.append(nil),
		"some blobs": lengths(1000, MaxTotal/1000),
	} {
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		_, err := readAll(bytes.NewReader(b))
		runtime.ReadMemStats(&after)
		if err != io.ErrUnexpectedEOF {
			t.Errorf("%s: %v", name, err)
		}
		if cost := after.TotalAlloc - before.TotalAlloc; cost > 2*firstStep {
			t.Errorf("%s: %d bytes allocated for %d received", name, cost, len(b))
		}
	}
}

// A peer that sends a little of what it announced gets a little memory.
func TestMemoryGrowsWithWhatArrives(t *testing.T) {
	b := header{blobs: 1}.append(nil)
	b = append(b, 0, 0, 0, 0, 16, 0, 0, 0) // 64 GiB
	body := io.LimitReader(zeros{}, firstStep+1)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := newFrameReader(io.MultiReader(bytes.NewReader(b), body)).read()
	runtime.ReadMemStats(&after)
	if cost := after.TotalAlloc - before.TotalAlloc; err != io.ErrUnexpectedEOF || cost > (2+growth)*firstStep {
		t.Errorf("%v, %d bytes allocated for %d received", err, cost, firstStep+1)
	}
}

type zeros struct{}

func (zeros) Read(p []byte) (int, error) { clear(p); return len(p), nil }

// A link does not keep what was sent alive.
func TestSentMemoryIsLetGo(t *testing.T) {
	limit(t)
	a, b := Pipe()
	defer a.Close()
	freed := make(chan struct{})
	go func() {
		f := &Frame{Head: new([1 << 20]byte)[:]}
		runtime.AddCleanup(&f.Head[0], func(int) { close(freed) }, 0)
		if err := a.Send(f); err != nil {
			t.Error(err)
		}
	}()
	if _, err := b.Receive(); err != nil {
		t.Fatal(err)
	}
	for {
		runtime.GC()
		select {
		case <-freed:
			return
		case <-time.After(10 * time.Millisecond):
		}
	}
}

// A blob that is read in steps arrives whole.
func TestReadGrows(t *testing.T) {
	n := firstStep*growth + 12345
	body := make([]byte, n)
	for i := 0; i < n; i += 4093 {
		body[i] = byte(i / 4093)
	}
	b := header{blobs: 1}.append(nil)
	for i := range lengthSize {
		b = append(b, byte(n>>(8*i)))
	}
	f, err := newFrameReader(io.MultiReader(bytes.NewReader(b), bytes.NewReader(body))).read()
	if err != nil || !bytes.Equal(f.Blobs[0], body) {
		t.Error("the blob differs", err)
	}
}
