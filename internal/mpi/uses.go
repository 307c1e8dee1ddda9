package mpi

import "unsafe"

// Uses reports whether an operation that is under way may touch memory from one
// address to another: a request of the script that is not complete.
func (s *Session) Uses(from, to uintptr) bool {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	for _, list := range [2][]*Request{s.alive.All(), s.orphans.All()} {
		for _, r := range list {
			if !r.Lost() && within(r.held, from, to) {
				return true
			}
		}
	}
	return false
}

// Uses tells it of a call that waits.
func (c *Call) Uses(from, to uintptr) bool { return within(c.held, from, to) }

func within(held []unsafe.Pointer, from, to uintptr) bool {
	for _, p := range held {
		if at := uintptr(p); at >= from && at < to {
			return true
		}
	}
	return false
}
