package value

import "unsafe"

// identities numbers addresses in the order added. Few are looked for one by
// one, many in a map.
type identities struct {
	list  []unsafe.Pointer
	index map[unsafe.Pointer]int32
}

const fewIdentities = 12

func (s *identities) find(p unsafe.Pointer) (int, bool) {
	if len(s.list) > fewIdentities {
		n, ok := s.index[p]
		return int(n), ok
	}
	for i, q := range s.list {
		if p == q {
			return i, true
		}
	}
	return 0, false
}

func (s *identities) add(p unsafe.Pointer) {
	s.list = append(s.list, p)
	if len(s.list) <= fewIdentities {
		return
	}
	if s.index == nil {
		s.index = map[unsafe.Pointer]int32{}
	}
	if len(s.list) == fewIdentities+1 {
		for i, q := range s.list {
			s.index[q] = int32(i)
		}
		return
	}
	s.index[p] = int32(len(s.list) - 1)
}

// drop takes away what was added last, if it is p.
func (s *identities) drop(p unsafe.Pointer) {
	last := len(s.list) - 1
	if p == nil || last < 0 || s.list[last] != p {
		return
	}
	if last >= fewIdentities {
		delete(s.index, p)
	}
	s.list = s.list[:last]
}

// reset forgets all; memory for many is let go of.
func (s *identities) reset() {
	clear(s.list)
	if len(s.list) > 4096 {
		*s = identities{}
		return
	}
	if len(s.list) > fewIdentities {
		clear(s.index)
	}
	s.list = s.list[:0]
}
