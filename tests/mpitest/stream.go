package mpitest

import (
	"bytes"
	"os"
	"sync"
	"testing"
)

// stream collects what a job writes to one of its descriptors, until the last
// process that holds it is gone.
type stream struct {
	in   *os.File // the job's end
	from *os.File
	done chan struct{}

	mu   sync.Mutex
	keep int           // bytes of the beginning and of the end; 0: all
	text bytes.Buffer  // the beginning
	last []byte        // the end
	cut  bool          // there was something between them
	news chan struct{} // closed at the next piece
}

func newStream(t testing.TB, keep int) *stream {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return &stream{keep: keep, in: w, from: r, done: make(chan struct{}), news: make(chan struct{})}
}

// start begins to read; the job has its end now.
func (s *stream) start() {
	s.in.Close()
	go func() {
		defer s.from.Close()
		buf := make([]byte, 32<<10)
		for {
			n, err := s.from.Read(buf)
			s.mu.Lock()
			s.add(buf[:n])
			if err != nil {
				close(s.done)
			}
			close(s.news)
			s.news = make(chan struct{})
			s.mu.Unlock()
			if err != nil {
				return
			}
		}
	}()
}

// add keeps a piece. s.mu is held.
func (s *stream) add(piece []byte) {
	if s.keep == 0 || s.text.Len() < s.keep {
		s.text.Write(piece)
		return
	}
	s.last = append(s.last, piece...)
	if len(s.last) > 2*s.keep {
		s.last = append(s.last[:0], s.last[len(s.last)-s.keep:]...)
		s.cut = true
	}
}

func (s *stream) wait() { <-s.done }

func (s *stream) ended() bool {
	select {
	case <-s.done:
		return true
	default:
		return false
	}
}

// changed gives a channel that is closed at the next piece or at the end; nil
// when the end has come.
func (s *stream) changed() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended() {
		return nil
	}
	return s.news
}

func (s *stream) String() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.cut {
		return s.text.String() + "\n[…]\n" + string(s.last)
	}
	return s.text.String() + string(s.last)
}
