package output

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/lua51/stdlib"
)

// Sink is a place where text goes that may not take it for long: a terminal, a
// pager that pauses, a file on a full disk. Writes come one after the other,
// and whoever waits for one stops waiting when the sink is given up; no lock
// is held meanwhile. What could not be written is counted, never forgotten.
type Sink struct {
	to       io.Writer
	turns    turns
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

func newSink(to io.Writer, failed func(error)) *Sink {
	s := &Sink{to: to, terminal: isTerminal(to), given: make(chan struct{}), failed: failed}
	s.giveUp = sync.OnceFunc(func() { close(s.given) })
	return s
}

// Write writes text that is nobody's line.
func (s *Sink) Write(text []byte) (int, error) { return s.line("", text) }

// Begin begins a write of text that is nobody's line; see stdlib.Beginner.
func (s *Sink) Begin(text []byte) stdlib.Writing { return s.begin("", text) }

// line writes text, lines of which each begins with prefix. A line may come in
// several pieces: the last of text need not be whole, and goes on with the
// next text of the same prefix. Any other text ends it first. The number of
// bytes of text that were written is exact only when there is no error.
func (s *Sink) line(prefix string, text []byte) (int, error) {
	n, err, _ := s.begin(prefix, text)(0, nil)
	return n, err
}

// begin begins what line does, and returns what waits for its end.
func (s *Sink) begin(prefix string, text []byte) stdlib.Writing {
	if len(text) == 0 {
		return func(time.Duration, <-chan struct{}) (int, error, bool) { return 0, nil, true }
	}
	size := len(text)
	select {
	case <-s.given:
		s.lost.Add(uint64(size))
		return func(time.Duration, <-chan struct{}) (int, error, bool) { return 0, errGivenUp, true }
	default:
	}
	done := make(chan error, 1)
	if turn := s.turns.ask(); turn == nil {
		whole := s.prefixed(prefix, text)
		go func() { done <- s.write(whole) }() // it may stay behind, when the sink is given up
	} else {
		text = bytes.Clone(text)
		go func() {
			select {
			case <-s.given: // who waits counts it
			case <-turn:
				done <- s.write(s.prefixed(prefix, text))
			}
		}()
	}
	return func(within time.Duration, stop <-chan struct{}) (int, error, bool) {
		var late <-chan time.Time
		if within > 0 {
			timer := time.NewTimer(within)
			defer timer.Stop()
			late = timer.C
		}
		select {
		case err := <-done:
			if err != nil {
				return 0, err, true
			}
			return size, nil, true
		case <-s.given:
			s.lost.Add(uint64(size))
			return 0, errGivenUp, true
		case <-late:
		case <-stop:
		}
		return 0, nil, false
	}
}

// write writes text and ends the turn, which the caller has.
func (s *Sink) write(whole []byte) error {
	s.begun.Store(time.Now().UnixNano())
	n, err := s.to.Write(whole)
	s.begun.Store(0)
	s.turns.leave()
	if err != nil {
		s.lost.Add(uint64(len(whole) - n))
		s.failed(err)
	}
	return err
}

// turns lets one after the other write, in the order in which they asked.
type turns struct {
	mu    sync.Mutex
	taken bool
	queue []chan struct{}
}

// ask takes the next turn: nil if it is now, else what is closed when it is.
func (t *turns) ask() <-chan struct{} {
	t.mu.Lock()
	defer t.mu.Unlock()
	if !t.taken {
		t.taken = true
		return nil
	}
	turn := make(chan struct{})
	t.queue = append(t.queue, turn)
	return turn
}

// leave ends a turn.
func (t *turns) leave() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.queue) == 0 {
		t.taken, t.queue = false, nil
		return
	}
	close(t.queue[0])
	t.queue = t.queue[1:]
}

// prefixed puts prefix before each line that text begins. The turn is taken.
func (s *Sink) prefixed(prefix string, text []byte) []byte {
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
func (s *Sink) stuck() time.Duration {
	if begun := s.begun.Load(); begun != 0 {
		return time.Since(time.Unix(0, begun))
	}
	return 0
}
