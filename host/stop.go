package host

import (
	"context"
	"strings"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// stop is the end of the script from outside. It keeps where the ranks of the
// chunks that it stopped were: a script that catches their errors, and can do
// nothing more with them, must not keep that to itself.
type stop struct {
	mu     sync.Mutex
	script context.Context // of what runs now, and of what it has called beside; nil: none runs
	cancel func(why error) // stops that
	why    *luaerr.Error
	places []string
}

// start says that a script runs from now on, and returns the context that ends when
// it is stopped.
func (s *stop) start() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.cancel = context.WithCancelCause(context.Background())
	s.why, s.places = nil, nil
	return s.script
}

// end says that no script runs any more: a signal stops nothing of it then.
func (s *stop) end() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.script, s.cancel = nil, nil
}

// beside returns the context of what runs beside the script and stops with it.
func (s *stop) beside() context.Context {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.script == nil {
		return context.Background()
	}
	return s.script
}

// begin stops the script, and notes why. It reports whether one runs.
func (s *stop) begin(why error) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cancel == nil {
		return false
	}
	s.why = luaerr.From(why)
	s.cancel(why)
	return true
}

// running reports whether a script runs.
func (s *stop) running() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.cancel != nil
}

// note keeps where the ranks of a chunk were, if that is why it was stopped.
func (s *stop) note(why error, places string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why != nil && luaerr.From(why) == s.why && places != "" {
		s.places = append(s.places, places)
	}
}

// tell returns the error that ended the script with the places that it does not
// tell, each of them once.
func (s *stop) tell(e *luaerr.Error) *luaerr.Error {
	s.mu.Lock()
	defer s.mu.Unlock()
	c := *e
	for _, text := range s.places {
		if !strings.Contains(c.Message, text) {
			c.Message += "\n" + text
		}
	}
	s.places = nil
	return &c
}
