package host

import (
	"bytes"
	"strings"
	"sync"
)

// outlet collects the bytes of one worker, and counts them so that others
// can wait until all up to a point are shown. Showing may take long; nobody
// holds mu meanwhile.
type outlet struct {
	display *display
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

func newOutlet(d *display) *outlet {
	o := &outlet{display: d}
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
func (o *outlet) pass(pieces []piece) {
	for _, p := range pieces {
		if len(p.text) > 0 {
			o.display.show(p.tag, p.stream, p.text)
		}
	}
}

// name sets what stands before each line, once the rank is known, and shows
// what came before.
func (o *outlet) name(tag string) {
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

// add takes a piece of output.
func (o *outlet) add(stream int, text []byte) {
	if stream != streamOut && stream != streamErr {
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
func (o *outlet) take(stream int, lines []byte, pieces []piece) []piece {
	if stream == streamErr && !o.display.stacks {
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

func (o *outlet) show(stream int, text []byte, pieces []piece) []piece {
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

// await returns when everything up to count bytes is shown, unfinished lines
// as well, or when no more will come.
func (o *outlet) await(count uint64) {
	o.mu.Lock()
	for o.count < count && !o.closed {
		o.shown.Wait()
	}
	o.mu.Unlock()
	o.flush()
}

// flush ends unfinished lines: what comes later is another line.
func (o *outlet) flush() {
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

// close is called when the worker's supervisor is gone.
func (o *outlet) close() {
	o.mu.Lock()
	o.closed = true
	o.mu.Unlock()
	o.shown.Broadcast()
	o.flush()
}

// lastLines returns the end of what the worker wrote.
func (o *outlet) lastLines(n int) string {
	o.mu.Lock()
	defer o.mu.Unlock()
	text := string(o.tail) + string(o.partial[streamOut])
	if last := o.partial[streamErr]; len(last) > 0 {
		text = strings.TrimSuffix(text, "\n") + "\n" + string(last)
	}
	lines := strings.Split(strings.Trim(text, "\n"), "\n")
	return strings.Join(lines[max(0, len(lines)-n):], "\n")
}
