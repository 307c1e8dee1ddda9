package array

import (
	"fmt"
	"unsafe"
)

// Lease is memory outside of the Go heap that its owner takes back one day:
// that of an MPI window. Arrays on it, and views of them, can be used until
// End; then they are no arrays any more for whoever asks with To, so that a
// script gets an error where it would read memory that is gone.
type Lease struct {
	owner string // that ended it
	ended bool
	users int // loops that call a script's function for each element
}

// Lend makes a vector on borrowed memory, which must be aligned for its
// elements: it is never copied.
func (l *Lease) Lend(t Type, raw []byte) (*Array, error) {
	a := &Array{n: len(raw) / t.Size(), typ: t, lease: l}
	if a.n == 0 {
		return a, nil
	}
	a.p = unsafe.Pointer(unsafe.SliceData(raw))
	if align := uintptr(min(t.Size(), 8)); uintptr(a.p)%align != 0 {
		return nil, fmt.Errorf("memory at %p is not aligned for %s", a.p, t)
	}
	return a, nil
}

// End ends the use of all arrays on the lease; owner names what ended it. It
// reports whether no function of the module is at work on one of them: if one
// is, nothing changes.
func (l *Lease) End(owner string) bool {
	if l.users > 0 {
		return false
	}
	l.owner, l.ended = owner, true
	return true
}

// Resume takes End back.
func (l *Lease) Resume() { l.ended = false }

// use says that a function of the module is at work on the array until the
// result is called, while a script's code runs.
func (a *Array) use() func() {
	l := a.lease
	if l == nil {
		return func() {}
	}
	l.users++
	return func() { l.users-- }
}

// gone reports whether the memory was taken back.
func (a *Array) gone() bool { return a.lease != nil && a.lease.ended }

// Leased reports whether the memory is borrowed: what is to outlive a lease has
// to be copied.
func (a *Array) Leased() bool { return a.lease != nil }
