package ranks

import (
	"bytes"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// TestSealed: each rank reads its own text, nobody reads it on the way, another
// rank does not, and a change is found out.
func TestSealed(t *testing.T) {
	var pairs []keyPair
	var keys [][]byte
	for range 3 {
		k, err := newKeyPair()
		if err != nil {
			t.Fatal(err)
		}
		pairs, keys = append(pairs, k), append(keys, k.public())
	}
	texts := []string{"", "for rank one", "for rank two"}
	data, err := pairs[0].seal(texts, keys)
	if err != nil {
		t.Fatal(err)
	}
	for rank := 1; rank < 3; rank++ {
		if got, err := pairs[rank].open(data, rank); err != nil || got != texts[rank] {
			t.Errorf("rank %d reads %q, %v", rank, got, err)
		}
		if got, err := pairs[3-rank].open(data, rank); err == nil {
			t.Errorf("rank %d reads the text of rank %d: %q", 3-rank, rank, got)
		}
		if bytes.Contains(data, []byte(texts[rank])) {
			t.Errorf("the text of rank %d travels in the clear", rank)
		}
	}
	var s sealed
	if err := protocol.Decode(data, &s); err != nil {
		t.Fatal(err)
	}
	s.Boxes[1][3] ^= 1
	if got, err := pairs[1].open(protocol.Encode(s), 1); err == nil {
		t.Errorf("a changed text was read: %q", got)
	}
	for _, data := range [][]byte{nil, {1}, protocol.Encode(sealed{}), protocol.Encode(sealed{Key: make([]byte, 32), Boxes: make([][]byte, 3)})} {
		if got, err := pairs[1].open(data, 1); err == nil {
			t.Errorf("%x was read as %q", data, got)
		}
	}
}

// FuzzOpenSealed opens what anybody may say in the place of rank 0.
func FuzzOpenSealed(f *testing.F) {
	zero, err := newKeyPair()
	if err != nil {
		f.Fatal(err)
	}
	one, err := newKeyPair()
	if err != nil {
		f.Fatal(err)
	}
	data, err := zero.seal([]string{"", "text"}, [][]byte{zero.public(), one.public()})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(data)
	f.Add([]byte{})
	f.Fuzz(func(t *testing.T, data []byte) {
		if text, err := one.open(data, 1); err == nil && text != "text" {
			t.Errorf("read %q", text)
		}
	})
}
