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
	text bytes.Buffer
	news chan struct{} // closed at the next piece
}

func newStream(t testing.TB) *stream {
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	return &stream{in: w, from: r, done: make(chan struct{}), news: make(chan struct{})}
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
			s.text.Write(buf[:n])
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
	return s.text.String()
}
