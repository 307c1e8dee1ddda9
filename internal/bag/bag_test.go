package bag

import (
	"math/rand/v2"
	"testing"
)

type entry struct{ place int }

func (e *entry) Place() *int { return &e.place }

// TestBag compares a bag with a set, through random changes.
func TestBag(t *testing.T) {
	var b Bag[*entry]
	entries, set := make([]entry, 20), map[*entry]bool{}
	for range 10000 {
		e := &entries[rand.IntN(len(entries))]
		if rand.IntN(2) == 0 {
			b.Add(e)
			set[e] = true
		} else {
			b.Remove(e)
			delete(set, e)
		}
		if len(b.All()) != len(set) {
			t.Fatalf("%d entries, want %d", len(b.All()), len(set))
		}
		for _, e := range b.All() {
			if !set[e] {
				t.Fatal("an entry that was taken out, or one twice")
			}
		}
	}
}
