package worker

import (
	"strings"
	"testing"
)

// TestLastWord: what a worker left is read, cut to its room, and a length that
// a crash has overwritten harms nobody.
func TestLastWord(t *testing.T) {
	for text, want := range map[string]string{"": "", "os.exit(3)": "os.exit(3)", strings.Repeat("x", 300): strings.Repeat("x", 256)} {
		var c counters
		c.leaveWord(text)
		if got := c.lastWord(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	for length, want := range map[int32]int{-1: 0, 1 << 30: 256} {
		var c counters
		c.wordLength.Store(length)
		if got := len(c.lastWord()); got != want {
			t.Errorf("length %d: got %d bytes, want %d", length, got, want)
		}
	}
}
