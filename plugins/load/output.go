package load

import (
	"bytes"
	"fmt"
	"io"
	"strings"
	"sync"
)

// tail keeps the last of what a plugin wrote, for reports.
type tail struct {
	mu    sync.Mutex
	text  []byte
	total int // bytes ever written
}

const (
	tailBytes = 64 << 10
	tailLines = 10
)

func (t *tail) add(line []byte) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.text = append(t.text, line...)
	t.total += len(line)
	if len(t.text) > 2*tailBytes {
		t.text = append([]byte(nil), t.text[len(t.text)-tailBytes:]...)
	}
}

// mark stands for all that was written until now.
func (t *tail) mark() int {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.total
}

// last returns the last lines after a mark; of a crash of the Go runtime the
// first, which tell why.
func (t *tail) last(mark int) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	text := t.text[max(0, len(t.text)-(t.total-mark)):]
	lines := strings.Split(strings.TrimRight(string(text), "\n"), "\n")
	for i := len(lines) - 1; i >= 0; i-- {
		if strings.HasPrefix(lines[i], "panic: ") || strings.HasPrefix(lines[i], "fatal error: ") {
			return strings.Join(lines[i:min(len(lines), i+tailLines)], "\n")
		}
	}
	return strings.Join(lines[max(0, len(lines)-tailLines):], "\n")
}

// lineWriter passes whole lines on with a tag in front, and keeps them in the
// tail.
type lineWriter struct {
	tag  func() string
	to   io.Writer
	tail *tail

	mu      sync.Mutex
	partial []byte
}

const longestLine = 64 << 10

func (w *lineWriter) Write(b []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.partial = append(w.partial, b...)
	for {
		i := bytes.IndexByte(w.partial, '\n')
		if i < 0 {
			if len(w.partial) < longestLine {
				return len(b), nil
			}
			w.partial = append(w.partial, '\n')
			i = len(w.partial) - 1
		}
		w.line(w.partial[:i+1])
		w.partial = w.partial[i+1:]
	}
}

func (w *lineWriter) line(line []byte) {
	w.tail.add(line)
	_, _ = fmt.Fprintf(w.to, "[%s] %s", w.tag(), line)
}

// flush passes on a last line without an end.
func (w *lineWriter) flush() {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.partial) > 0 {
		w.line(append(w.partial, '\n'))
		w.partial = nil
	}
}
