package mpilink

import (
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/link"
)

// decode is what a receiver does with the messages of a frame.
func decode(message, rest []byte, large [][]byte) (*link.Frame, error) {
	h, meta, err := parseHeader(message)
	if err != nil {
		return nil, err
	}
	if !h.inline() {
		meta = rest
	}
	f, places, err := restore(&h, meta)
	if err != nil {
		return nil, err
	}
	for i := range places {
		copy(places[i], large[i])
	}
	return f, nil
}

func TestHeaderHoldsFrame(t *testing.T) {
	for n := range 300 {
		want := sample(1, 2, n)
		h, large := describe(want, 77)
		meta := h.appendMeta(nil, want)
		if uint64(len(meta)) != h.meta {
			t.Fatalf("frame %d has %d bytes of metadata, not %d", n, len(meta), h.meta)
		}
		message := h.append(nil)
		if h.inline() {
			message = append(message, meta...)
		}
		got, err := decode(message, meta, large)
		if err == nil {
			err = same(got, want)
		}
		if err != nil {
			t.Fatalf("frame %d: %v", n, err)
		}
	}
}

func TestHeaderCredit(t *testing.T) {
	h := header{what: isCredit, credit: 1, tag: 9, small: 3}
	b := h.append(nil)
	setCredit(b, 1<<40)
	got, _, err := parseHeader(b)
	if h.credit = 1 << 40; err != nil || got != h {
		t.Fatalf("got %+v, %v, want %+v", got, err, h)
	}
}

// FuzzHeader: whatever arrives, there is an error or a frame within limits,
// and no crash.
func FuzzHeader(f *testing.F) {
	for n := range 30 {
		frame := sample(0, 1, n)
		h, _ := describe(frame, 5)
		meta := h.appendMeta(nil, frame)
		f.Add(append(h.append(nil), meta[:min(len(meta), 4000)]...))
	}
	f.Fuzz(func(t *testing.T, b []byte) {
		h, rest, err := parseHeader(b)
		if err != nil || h.what != isFrame {
			return
		}
		total := uint64(0)
		for i := 0; i+8 <= len(rest) && i < 8*int(h.blobs); i += 8 {
			total += uint64(rest[i]) | uint64(rest[i+1])<<8 | uint64(rest[i+2])<<16 | uint64(rest[i+3])<<24
			if rest[i+4]|rest[i+5]|rest[i+6]|rest[i+7] != 0 {
				return // memory for it is the sender's to ask for
			}
		}
		if total > 1<<24 || h.blobs > 1<<16 {
			return
		}
		if frame, _, err := restore(&h, rest); err == nil && len(frame.Head) != int(h.head) {
			t.Fatal("a frame that is not what its header says")
		}
	})
}
