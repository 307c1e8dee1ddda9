package node

// table is a map that gives its memory back when it is empty after it was
// large: Go's maps keep what they once needed.
type table[K comparable, V any] struct {
	all   map[K]V
	large bool
}

// largeTable is the number of entries from which memory is worth giving back.
const largeTable = 256

func (t *table[K, V]) set(k K, v V) {
	if t.all == nil {
		t.all = map[K]V{}
	}
	t.all[k] = v
	t.large = t.large || len(t.all) >= largeTable
}

func (t *table[K, V]) delete(k K) {
	delete(t.all, k)
	if t.large && len(t.all) == 0 {
		t.all, t.large = nil, false
	}
}
