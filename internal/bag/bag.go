// Package bag is a list without an order, from which an entry is taken out in
// no time, since it knows its place.
package bag

// Entry is what a Bag holds: a pointer to something that has room for its
// place, of which only the bag knows the meaning. It is in one bag at a time.
type Entry interface{ Place() *int }

// Bag holds entries. The zero value is empty. It is for one goroutine at a
// time.
type Bag[T Entry] struct{ all []T }

// Add puts x in, unless it is there.
func (b *Bag[T]) Add(x T) {
	if place := x.Place(); *place == 0 {
		b.all = append(b.all, x)
		*place = len(b.all)
	}
}

// Remove takes x out, if it is there.
func (b *Bag[T]) Remove(x T) {
	place := x.Place()
	if *place == 0 {
		return
	}
	var none T
	last := len(b.all) - 1
	moved := b.all[last]
	*moved.Place() = *place
	b.all[*place-1], b.all[last] = moved, none
	b.all = b.all[:last]
	*place = 0
}

// All returns the entries, until the next change.
func (b *Bag[T]) All() []T { return b.all }
