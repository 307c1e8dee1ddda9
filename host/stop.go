package host

import (
	"strings"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// stop is the end of the script from outside. It keeps where the ranks of the
// chunks that it stopped were: a script that catches their errors, and can do
// nothing more with them, must not keep that to itself.
type stop struct {
	mu     sync.Mutex
	why    *luaerr.Error
	places []string
}

// begin notes why the script is stopped.
func (s *stop) begin(why error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.why = luaerr.From(why)
}

// note keeps where the ranks of a chunk were, if that is why it was stopped.
func (s *stop) note(why error, places string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.why != nil && luaerr.From(why) == s.why && places != "" {
		s.places = append(s.places, places)
	}
}

// tell gives the error that ended the script with the places that it does not
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
