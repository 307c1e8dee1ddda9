package mpi

// Outlived calls f with the holder of each request that has one, which it has
// no more then. It is for the time after a collection: to have the collector
// watch each holder costs as much as a message, so only those that have lived
// through one are watched.
func (s *Session) Outlived(f func(r *Request, holder any)) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	for _, r := range s.alive.All() {
		if holder := r.Holder; holder != nil {
			r.Holder = nil
			f(r, holder)
		}
	}
}

// Alive gives the number of requests that are not complete.
func (s *Session) Alive() int {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	n := len(s.orphans.All())
	for _, r := range s.alive.All() {
		if r.State() != Lost {
			n++
		}
	}
	return n
}

// Orphan takes over a request that no script can wait for any more: it is
// completed by and by. It may be called from any goroutine, also twice.
func (s *Session) Orphan(r *Request) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	state := r.State()
	if state == Lost || state == Orphan {
		return
	}
	r.started = state == Active
	r.state.Store(int32(Orphan))
	r.Holder = nil
	s.alive.Remove(r)
	s.orphans.Add(r)
	s.norphans.Store(int32(len(s.orphans.All())))
}

// takeOrphans gives some of the orphans, which the caller sees to alone.
func (s *Session) takeOrphans(most int) []*Request {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	var list []*Request
	for len(list) < most && len(s.orphans.All()) > 0 {
		r := s.orphans.All()[0]
		s.orphans.Remove(r) // the last one takes its place: those behind get their turn
		list = append(list, r)
	}
	s.taken += len(list)
	s.norphans.Store(int32(len(s.orphans.All())))
	return list
}

// giveOrphan ends what takeOrphans began for one of them: it stays an orphan
// unless it is complete.
func (s *Session) giveOrphan(r *Request, complete bool) {
	s.requestsMu.Lock()
	defer s.requestsMu.Unlock()
	s.taken--
	if !complete {
		s.orphans.Add(r)
	}
	s.norphans.Store(int32(len(s.orphans.All())))
}
