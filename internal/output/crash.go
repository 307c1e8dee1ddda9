package output

import (
	"bytes"
	"regexp"
)

// crash takes the stacks out of what a dying Go process writes to its
// standard error, and leaves what it died of: the stacks are this software's
// inside, and push the cause out of sight.
type crash struct {
	begun  bool // the cause has been told
	stacks bool // all that follows are stacks and registers
}

var (
	crashCause  = regexp.MustCompile(`panic: |fatal error: |SIG[A-Z]+: |^unexpected fault address |^runtime: `)
	crashDetail = regexp.MustCompile(`^(PC=0x|signal arrived during |\[signal |goroutine \d+ .*\[|runtime stack:|\s*$)`)
	crashStack  = regexp.MustCompile(`^(goroutine \d+ .*\[|runtime stack:)`)
)

// keep returns those of the lines that are no part of stacks. The lines are
// whole; they come in order.
func (c *crash) keep(lines []byte) []byte {
	if !c.begun && !crashCause.Match(lines) {
		return lines
	}
	var kept []byte
	for line := range bytes.Lines(lines) {
		if c.begun && crashStack.Match(line) {
			c.stacks = true
		}
		if c.stacks || c.begun && crashDetail.Match(line) {
			continue
		}
		c.begun = c.begun || crashCause.Match(line)
		kept = append(kept, line...)
	}
	return kept
}
