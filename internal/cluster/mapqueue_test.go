package cluster

import (
	"context"
	"testing"
	"time"
)

// TestLateDelay: the delay of a retry ends after pmap has looked for work and
// before it waits.
func TestLateDelay(t *testing.T) {
	p := &mapping{signal: make(chan struct{}, 1)}
	p.queue.later(0, 0)
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	if err := p.await(ctx, nil, nil); err != nil {
		t.Fatal("pmap waits for ever: nothing wakes it for an item that is due")
	}
	if p.queue.empty() {
		t.Error("the item is lost")
	}
}
