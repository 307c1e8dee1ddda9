package worker

import (
	"fmt"
	"strings"
	"testing"
	"time"
)

// TestTap: all that was written before Flush has been passed on when it
// returns, and Drain ends a reader whose pipe others still hold.
func TestTap(t *testing.T) {
	var passed strings.Builder
	tap := NewTap(func(stream byte, piece []byte) { fmt.Fprintf(&passed, "%d:%s", stream, piece) })
	pipe, w, err := tap.Add(1)
	if err != nil {
		t.Fatal(err)
	}
	defer w.Close()
	over := make(chan struct{})
	go func() {
		defer close(over)
		pipe.Run()
	}()
	want := ""
	for i := range 100 {
		piece := fmt.Sprintf("piece %d\n", i)
		want += "1:" + piece
		fmt.Fprint(w, piece)
		if n := tap.Flush(); int(n) != len(want)-2*(i+1) {
			t.Fatalf("after %d pieces: %d bytes", i+1, n)
		}
	}
	pipe.Drain(10 * time.Millisecond)
	select {
	case <-over:
	case <-time.After(10 * time.Second):
		t.Fatal("the reader goes on")
	}
	if passed.String() != want {
		t.Errorf("got %q", passed.String())
	}
}
