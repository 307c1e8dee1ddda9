package rpc

// Table is a map that frees its memory when it is empty after it was large:
// Go's maps keep what they once needed. All is read directly; Set and Delete
// are the ways to change it. The zero value is empty.
type Table[K comparable, V any] struct {
	All   map[K]V
	large bool
}

// largeTable is the number of entries from which memory is worth freeing.
const largeTable = 256

// Set stores v under k.
func (t *Table[K, V]) Set(k K, v V) {
	if t.All == nil {
		t.All = map[K]V{}
	}
	t.All[k] = v
	t.large = t.large || len(t.All) >= largeTable
}

// Delete takes the entry of k out, if there is one.
func (t *Table[K, V]) Delete(k K) {
	delete(t.All, k)
	if t.large && len(t.All) == 0 {
		t.All, t.large = nil, false
	}
}
