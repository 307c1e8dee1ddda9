package host

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// display shows what workers write, whole lines at a time, each with its
// rank in front.
type display struct {
	mode   string // "live", "grouped", "none", "file"
	folder string
	stacks bool // show the stacks of a process that crashes
	mu     sync.Mutex
	out    io.Writer
	err    io.Writer
	files  map[string]*os.File
}

// Streams of a worker.
const (
	streamOut = 1
	streamErr = 2
)

func newDisplay(mode string, out, err io.Writer) (*display, error) {
	d := &display{mode: mode, out: out, err: err, files: map[string]*os.File{}}
	switch {
	case mode == "":
		d.mode = "live"
	case strings.HasPrefix(mode, "file="):
		d.mode, d.folder = "file", strings.TrimPrefix(mode, "file=")
		if e := os.MkdirAll(d.folder, 0o777); e != nil {
			return nil, luaerr.New(luaerr.Argument, "output=%s: %w", mode, e)
		}
	case mode != "live" && mode != "grouped" && mode != "none":
		return nil, luaerr.New(luaerr.Argument, "output=%s is not known: say live, grouped, file=DIR or none", mode)
	}
	return d, nil
}

// own is the writer for the master's own script.
func (d *display) own() io.Writer { return ownWriter{d} }

type ownWriter struct{ d *display }

func (w ownWriter) Write(b []byte) (int, error) {
	w.d.mu.Lock()
	defer w.d.mu.Unlock()
	return w.d.out.Write(b)
}

func (d *display) note(text string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	fmt.Fprintln(d.err, text)
}

func (d *display) close() {
	d.mu.Lock()
	defer d.mu.Unlock()
	for _, f := range d.files {
		f.Close()
	}
	d.files = map[string]*os.File{}
}

// lines shows whole lines of a worker.
func (d *display) lines(tag string, stream int, text []byte) {
	d.mu.Lock()
	defer d.mu.Unlock()
	switch d.mode {
	case "none":
	case "file":
		if f := d.file(fmt.Sprintf("%s.%s", tag, map[int]string{streamOut: "out", streamErr: "err"}[stream])); f != nil {
			_, _ = f.Write(text)
		}
	default:
		to := d.out
		if stream == streamErr {
			to = d.err
		}
		_, _ = to.Write(prefixed("["+tag+"] ", text))
	}
}

func (d *display) file(name string) *os.File {
	if f, ok := d.files[name]; ok {
		return f
	}
	f, err := os.Create(filepath.Join(d.folder, name))
	if err != nil {
		fmt.Fprintf(d.err, "mpiclus-lua: output of the workers is lost: %v\n", err)
		f = nil
	}
	d.files[name] = f
	return f
}

func prefixed(prefix string, text []byte) []byte {
	out := make([]byte, 0, len(text)+len(prefix)*(1+bytes.Count(text, []byte("\n"))))
	for line := range bytes.Lines(text) {
		out = append(append(out, prefix...), line...)
	}
	return out
}

// outlet collects the bytes of one worker, and counts them so that others
// can wait until all up to a point are shown.
type outlet struct {
	display *display
	mu      sync.Mutex
	shown   sync.Cond
	tag     string    // "": not known yet, everything is kept
	partial [3][]byte // by stream: the line that is not finished
	held    [3][]byte // whole lines, until the tag is known
	grouped [3][]byte // whole lines, until the chunk ends
	count   uint64
	closed  bool
	tail    []byte // the last whole lines
	crash   crash
}

const tailBytes = 4 << 10

func newOutlet(d *display) *outlet {
	o := &outlet{display: d}
	o.shown.L = &o.mu
	return o
}

// name sets what stands before each line, once the rank is known, and shows
// what came before.
func (o *outlet) name(tag string) {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.tag = tag
	for stream := range o.held {
		if len(o.held[stream]) > 0 {
			o.show(stream, o.held[stream])
			o.held[stream] = nil
		}
	}
}

// add takes a piece of output.
func (o *outlet) add(stream int, piece []byte) {
	o.mu.Lock()
	defer o.mu.Unlock()
	if stream != streamOut && stream != streamErr {
		return
	}
	o.count += uint64(len(piece))
	text := append(o.partial[stream], piece...)
	end := bytes.LastIndexByte(text, '\n') + 1
	o.partial[stream] = append([]byte(nil), text[end:]...)
	o.take(stream, text[:end])
	o.shown.Broadcast()
}

// take takes whole lines. Grouped output waits for the end of the chunk.
func (o *outlet) take(stream int, lines []byte) {
	if stream == streamErr && !o.display.stacks {
		lines = o.crash.keep(lines)
	}
	o.tail = append(o.tail, lines...)
	if len(o.tail) > 2*tailBytes {
		o.tail = append([]byte(nil), o.tail[len(o.tail)-tailBytes:]...)
	}
	if o.display.mode == "grouped" {
		o.grouped[stream] = append(o.grouped[stream], lines...)
		return
	}
	o.show(stream, lines)
}

func (o *outlet) show(stream int, text []byte) {
	switch {
	case len(text) == 0:
	case o.tag == "":
		o.held[stream] = append(o.held[stream], text...)
	default:
		o.display.lines(o.tag, stream, text)
	}
}

// await returns when everything up to count bytes is shown, unfinished lines
// as well, or when no more will come.
func (o *outlet) await(count uint64) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.count < count && !o.closed {
		o.shown.Wait()
	}
	o.flush()
}

// flush ends unfinished lines: what comes later is another line.
func (o *outlet) flush() {
	for stream, text := range o.partial {
		if len(text) > 0 {
			o.partial[stream] = nil
			o.take(stream, append(text, '\n'))
		}
		o.show(stream, o.grouped[stream])
		o.grouped[stream] = nil
	}
}

// close is called when the worker's supervisor is gone.
func (o *outlet) close() {
	o.mu.Lock()
	defer o.mu.Unlock()
	o.closed = true
	o.flush()
	o.shown.Broadcast()
}

// lastLines gives the end of what the worker wrote.
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
