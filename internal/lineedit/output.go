package lineedit

import (
	"io/fs"
	"os"
	"sync"
)

// output decides where what is written goes: to the terminal, or to who edits.
type output struct {
	wake func() // has the editor take what is kept

	mu      sync.Mutex
	editing bool
	kept    []byte // what came while an input is edited
	file    *os.File
	open    bool // the last line on the terminal has no end
}

// Writer is a place for output of this process that goes to a terminal.
type Writer struct {
	*os.File
	out *output
}

// Stat implements what tells terminals from other files.
func (w *Writer) Stat() (fs.FileInfo, error) { return w.File.Stat() }

// maxKept bounds what is kept for who edits: what is more is shown at once.
const maxKept = 1 << 20

// Write implements io.Writer.
func (w *Writer) Write(text []byte) (int, error) {
	if w.out == nil || len(text) == 0 {
		return w.File.Write(text)
	}
	o := w.out
	o.mu.Lock()
	defer o.mu.Unlock()
	if o.editing && len(o.kept) < maxKept {
		o.file = w.File
		if o.kept = append(o.kept, text...); len(o.kept) == len(text) {
			o.wake()
		}
		return len(text), nil
	}
	o.open = text[len(text)-1] != '\n'
	return w.File.Write(text)
}

// waits reports whether something is kept.
func (o *output) waits() bool {
	o.mu.Lock()
	defer o.mu.Unlock()
	return len(o.kept) > 0
}

// take gives what is kept.
func (o *output) take() string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := string(o.kept)
	o.kept = nil
	return text
}

// edit begins or ends the time when output is kept. A line that has no end gets one
// before, since the prompt begins a line.
func (o *output) edit(begin bool) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if begin && o.open {
		_, _ = os.Stdout.WriteString("\n")
		o.open = false
	}
	o.editing = begin
	if len(o.kept) > 0 {
		_, _ = o.file.Write(o.kept)
		o.open = o.kept[len(o.kept)-1] != '\n'
		o.kept = nil
	}
}
