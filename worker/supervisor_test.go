package worker

import (
	"testing"
	"time"
)

// TestAbandoned: a supervisor looks after the job's folder as long as its
// master may be gone.
func TestAbandoned(t *testing.T) {
	for _, c := range []struct {
		name               string
		told, gone, orphan bool
		passed             time.Duration
		want               bool
	}{
		{"nothing happened", false, false, false, 0, false},
		{"ended by the master", false, true, false, 0, false},
		{"the link broke", false, true, true, 0, true},
		{"the link broke long ago", false, true, true, sweepTime, false},
		{"a signal came", true, false, false, 0, true},
		{"a signal came a while ago", true, false, false, doubtTime, false},
		{"a signal came and the master lives", true, true, false, 0, false},
		{"a signal came and the link broke", true, true, true, doubtTime, true},
	} {
		s := &supervisor{told: c.told, gone: make(chan struct{})}
		s.orphan.Store(c.orphan)
		if c.gone {
			close(s.gone)
		}
		if got := s.abandoned(c.passed); got != c.want {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}
