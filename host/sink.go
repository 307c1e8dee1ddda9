package host

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"
)

// sink is a place where text goes that may not take it for long: a terminal, a
// pager that pauses, a file on a full disk. Writes come one after the other,
// and whoever waits for one stops waiting when the sink is given up; no lock
// is held meanwhile. What could not be written is counted, never forgotten.
type sink struct {
	to       io.Writer
	turn     chan struct{} // holds one token: who has it writes
	given    chan struct{} // closed when nobody is to wait any more
	giveUp   func()        // closes it
	terminal bool          // it obeys control sequences: see visible.go
	failed   func(error)   // hears of each write that failed

	begun atomic.Int64  // when the write at work began; 0: none is
	lost  atomic.Uint64 // bytes that could not be written
	open  string        // what the unfinished line begins with; who has the turn owns it
}

// errGivenUp is the error of a write that nobody waits for any more.
var errGivenUp = errors.New("the output takes no more text")

func newSink(to io.Writer, failed func(error)) *sink {
	s := &sink{to: to, terminal: isTerminal(to), turn: make(chan struct{}, 1), given: make(chan struct{}), failed: failed}
	s.giveUp = sync.OnceFunc(func() { close(s.given) })
	s.turn <- struct{}{}
	return s
}

// Write writes text that is nobody's line.
func (s *sink) Write(text []byte) (int, error) { return s.line("", text) }

// line writes text, lines of which each begins with prefix. A line may come in
// several pieces: the last of text need not be whole, and goes on with the
// next text of the same prefix. Any other text ends it first. The number of
// bytes of text that were written is exact only when there is no error.
func (s *sink) line(prefix string, text []byte) (int, error) {
	if len(text) == 0 {
		return 0, nil
	}
	select {
	case <-s.given:
		s.lost.Add(uint64(len(text)))
		return 0, errGivenUp
	case <-s.turn:
	}
	whole := s.prefixed(prefix, text)
	s.begun.Store(time.Now().UnixNano())
	type outcome struct {
		n   int
		err error
	}
	done := make(chan outcome, 1)
	go func() { // it may stay behind, when the sink is given up
		n, err := s.to.Write(whole)
		s.begun.Store(0)
		s.turn <- struct{}{}
		done <- outcome{n, err}
	}()
	select {
	case o := <-done:
		if o.err != nil {
			s.lost.Add(uint64(len(whole) - o.n))
			s.failed(o.err)
			return 0, o.err
		}
		return len(text), nil
	case <-s.given:
		s.lost.Add(uint64(len(text)))
		return 0, errGivenUp
	}
}

// prefixed puts prefix before each line that text begins. The turn is taken.
func (s *sink) prefixed(prefix string, text []byte) []byte {
	out := make([]byte, 0, len(text)+1+len(prefix)*(1+bytes.Count(text, []byte("\n"))))
	goesOn := s.open != "" && s.open == prefix
	if s.open != "" && !goesOn {
		out = append(out, '\n')
	}
	s.open = ""
	if prefix == "" {
		return append(out, text...)
	}
	for line := range bytes.Lines(text) {
		if !goesOn {
			out = append(out, prefix...)
		}
		goesOn = false
		out = append(out, line...)
	}
	if text[len(text)-1] != '\n' {
		s.open = prefix
	}
	return out
}

// stuck tells for how long the write at work has waited; 0 for none.
func (s *sink) stuck() time.Duration {
	if begun := s.begun.Load(); begun != 0 {
		return time.Since(time.Unix(0, begun))
	}
	return 0
}
