package launch

import (
	"bytes"

	"sync"
)

// Bounds of what is kept of a launcher's output.
const (
	tailLines = 60
	lineBytes = 4096
)

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
type lineWriter struct {
	give func(line string)
	part []byte
}

// lines makes the writer of one stream of p.
func (p *Process) lines(line func(string, bool), stderr bool) *lineWriter {
	return &lineWriter{give: func(text string) {
		p.tail.add(text)
		if line != nil {
			line(text, stderr)
		}
	}}
}

func (w *lineWriter) Write(b []byte) (int, error) {
	n := len(b)
	for {
		end := bytes.IndexByte(b, '\n')
		if end < 0 {
			break
		}
		w.part = append(w.part, b[:end]...)
		w.end()
		b = b[end+1:]
	}
	for len(w.part)+len(b) >= lineBytes {
		room := lineBytes - len(w.part)
		w.part = append(w.part, b[:room]...)
		w.end()
		b = b[room:]
	}
	w.part = append(w.part, b...)
	return n, nil
}

// flush gives the last line when it has no end.
func (w *lineWriter) flush() {
	if len(w.part) > 0 {
		w.end()
	}
}

func (w *lineWriter) end() {
	w.give(string(bytes.TrimSuffix(w.part, []byte("\r"))))
	w.part = w.part[:0]
}
