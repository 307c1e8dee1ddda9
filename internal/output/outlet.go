// Package output shows what workers write. Their bytes come to the master in
// pieces of any size; an Outlet for each worker makes lines of them, a Display shows
// these in the way that the user chose, and the Console is the place where all
// displays write, each in its turn, also when a terminal or a pager takes nothing for
// long:
//
//	console := output.NewConsole(os.Stdout, os.Stderr)
//	defer console.Close()
//	display, err := output.NewDisplay("live", console, false)
//	o := output.NewOutlet(display)
//	o.Name("3")
//	o.Add(output.StreamOut, []byte("hello\nwor")) // [3] hello
//	o.Await(9)                                    // [3] wor
//
// What cannot be written is counted and told, never forgotten.
package output

import (
	"bytes"
	"strings"
	"sync"
)

// Outlet collects the bytes of one worker, and counts them so that others
// can wait until all up to a point are shown. Showing may take long; nobody
// holds mu meanwhile.
type Outlet struct {
	display *Display
	order   sync.Mutex // held by who shows: pieces stay in order

	mu      sync.Mutex
	shown   sync.Cond
	tag     string    // "": not known yet, everything is kept
	partial [3][]byte // by stream: the line that is not finished
	within  [3]bool   // by stream: the beginning of that line was passed on already
	held    [3][]byte // whole lines, until the tag is known
	grouped [3][]byte // whole lines, until the chunk ends
	count   uint64
	closed  bool
	tail    []byte // the last whole lines
	crash   crash
}

// Bounds of what is kept of a worker's output.
const (
	tailBytes    = 4 << 10
	longestLine  = 4 << 20  // a longer one is passed on in pieces
	heldBytes    = 1 << 20  // of a worker whose rank is not known
	groupedBytes = 16 << 20 // of a chunk, for each stream
)

// NewOutlet makes the outlet of a worker whose rank is not known yet: see Name.
func NewOutlet(d *Display) *Outlet {
	o := &Outlet{display: d}
	o.shown.L = &o.mu
	return o
}

// piece is text that is to be shown now.
type piece struct {
	tag    string
	stream int
	text   []byte
}

// pass shows pieces; order is held.
func (o *Outlet) pass(pieces []piece) {
	for _, p := range pieces {
		if len(p.text) > 0 {
			o.display.show(p.tag, p.stream, p.text)
		}
	}
}

// Name sets what stands before each line, once the rank is known, and shows
// what came before.
func (o *Outlet) Name(tag string) {
	o.order.Lock()
	defer o.order.Unlock()
	o.mu.Lock()
	o.tag = tag
	var pieces []piece
	for stream, text := range o.held {
		pieces = append(pieces, piece{tag, stream, text})
		o.held[stream] = nil
	}
	o.mu.Unlock()
	o.pass(pieces)
}

// Add takes a piece of output of a stream, StreamOut or StreamErr, and returns when
// what is to be shown of it is shown. Any other stream is left out.
func (o *Outlet) Add(stream int, text []byte) {
	if stream != StreamOut && stream != StreamErr {
		return
	}
	o.order.Lock()
	defer o.order.Unlock()
	o.mu.Lock()
	end := bytes.LastIndexByte(text, '\n') + 1
	var pieces []piece
	if end > 0 {
		pieces = o.take(stream, append(o.partial[stream], text[:end]...), pieces)
		o.partial[stream], o.within[stream] = nil, false
	}
	o.partial[stream] = append(o.partial[stream], text[end:]...)
	if len(o.partial[stream]) > longestLine {
		pieces = o.take(stream, o.partial[stream], pieces)
		o.partial[stream], o.within[stream] = nil, true
	}
	o.mu.Unlock()
	o.pass(pieces)
	o.mu.Lock()
	o.count += uint64(len(text))
	o.mu.Unlock()
	o.shown.Broadcast()
}

// take takes lines, the last of which need not be whole, and adds what is to
// be shown now. Grouped output waits for the end of the chunk, unless it is
// too much to keep.
func (o *Outlet) take(stream int, lines []byte, pieces []piece) []piece {
	if stream == StreamErr && !o.display.stacks {
		lines = o.crash.keep(lines)
	}
	o.tail = append(o.tail, lines[max(0, len(lines)-tailBytes):]...)
	if len(o.tail) > 2*tailBytes {
		o.tail = append([]byte(nil), o.tail[len(o.tail)-tailBytes:]...)
	}
	if o.display.mode == "grouped" {
		o.grouped[stream] = append(o.grouped[stream], lines...)
		if len(o.grouped[stream]) < groupedBytes {
			return pieces
		}
		lines, o.grouped[stream] = o.grouped[stream], nil
	}
	return o.show(stream, lines, pieces)
}

// unknown stands for the rank of a worker that writes much before it joins.
const unknown = "?"

func (o *Outlet) show(stream int, text []byte, pieces []piece) []piece {
	if o.tag != "" {
		return append(pieces, piece{o.tag, stream, text})
	}
	o.held[stream] = append(o.held[stream], text...)
	if len(o.held[stream]) < heldBytes {
		return pieces
	}
	text, o.held[stream] = o.held[stream], nil
	return append(pieces, piece{unknown, stream, text})
}

// Await returns when everything up to count bytes is shown, unfinished lines
// as well, or when no more will come.
func (o *Outlet) Await(count uint64) {
	o.mu.Lock()
	for o.count < count && !o.closed {
		o.shown.Wait()
	}
	o.mu.Unlock()
	o.flush()
}

// flush ends unfinished lines: what comes later is another line.
func (o *Outlet) flush() {
	o.order.Lock()
	defer o.order.Unlock()
	o.mu.Lock()
	var pieces []piece
	for stream, text := range o.partial {
		if len(text) > 0 || o.within[stream] {
			o.partial[stream], o.within[stream] = nil, false
			pieces = o.take(stream, append(text, '\n'), pieces)
		}
		if grouped := o.grouped[stream]; len(grouped) > 0 {
			o.grouped[stream] = nil
			pieces = o.show(stream, grouped, pieces)
		}
	}
	o.mu.Unlock()
	o.pass(pieces)
}

// Close is called when no more output comes: nobody waits for any then.
func (o *Outlet) Close() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.shown.Broadcast()
	o.flush()
}

// LastLines returns the last n lines of what the worker wrote, as far as they are
// kept.
func (o *Outlet) LastLines(n int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := string(o.tail) + string(o.partial[StreamOut])
	if last := o.partial[StreamErr]; len(last) > 0 {
		text = strings.TrimSuffix(text, "\n") + "\n" + string(last)
	}
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
