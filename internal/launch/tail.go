package launch

import (
	"bytes"
	"regexp"
	"sync"
	"time"
)

// Bounds of what is kept of a launcher's output.
const (
	tailLines = 60
	lineBytes = 4096
)

// noise tells nobody anything: what Open MPI 4 prints with recovery on for each
// rank that is lost, and PRRTE for each daemon that was quicker than itself.
var noise = regexp.MustCompile(`PMIX ERROR: BAD-PARAM in file .*pmix_event_notification\.c|plm:ssh: Warning: setpgid\(`)

// launchFailed is a line after which the rest of the job would wait for ever:
// it is ended, after failedGrace for what else there is to say.
var launchFailed = regexp.MustCompile(`total process(es)? failed to start|^host \S+ has no executable `)

const failedGrace = 50 * time.Millisecond

// tail keeps the last lines of several streams in one order.
type tail struct {
	mu   sync.Mutex
	kept []string
}

func (t *tail) add(line string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.kept) == tailLines {
		t.kept = append(t.kept[:0], t.kept[1:]...)
	}
	t.kept = append(t.kept, line)
}

func (t *tail) lines() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return append([]string(nil), t.kept...)
}

// lineWriter cuts one stream into lines. A line longer than lineBytes is cut.
// Where orphans hold a pipe, the last Write may meet the flush.
type lineWriter struct {
	mu   sync.Mutex
	give func(line string)
	part []byte
}

func (w *lineWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for rest := b; len(rest) > 0; {
		end := bytes.IndexByte(rest, '\n')
		room := lineBytes - len(w.part)
		switch {
		case end >= 0 && end <= room:
			w.part = append(w.part, rest[:end]...)
			w.end()
			rest = rest[end+1:]
		case len(rest) > room:
			w.part = append(w.part, rest[:room]...)
			w.end()
			rest = rest[room:]
		default:
			w.part = append(w.part, rest...)
			rest = nil
		}
	}
	return len(b), nil
}

// flush gives the last line when it has no end.
func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.part) > 0 {
		w.end()
	}
}

func (w *lineWriter) end() {
	w.give(string(bytes.TrimSuffix(bytes.Trim(w.part, "\x00"), []byte("\r")))) // PRRTE ends messages with a zero
	w.part = w.part[:0]
}
