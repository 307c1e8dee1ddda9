package host

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// console is where all output of this process goes that is not left to files:
// its standard output and its standard error, which several displays share.
type console struct {
	out, err *sink
	broken   func() // called, once, when a reader of the output has gone

	mu       sync.Mutex
	told     map[string]bool // what could not be written to, and was told
	files    []*sink
	names    map[*sink]string
	displays []*display
	failed   bool
}

func newConsole(out, err io.Writer) *console {
	c := &console{told: map[string]bool{}, names: map[*sink]string{}, broken: func() {}}
	c.out = newSink(out, func(e error) { c.cannotWrite(c.out, e) })
	c.err = newSink(err, func(e error) { c.cannotWrite(c.err, e) })
	c.names[c.out], c.names[c.err] = "standard output", "standard error"
	return c
}

// file makes the sink of a file that was opened for output.
func (c *console) file(f *os.File) *sink {
	var s *sink
	s = newSink(f, func(e error) { c.cannotWrite(s, e) })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files = append(c.files, s)
	c.names[s] = f.Name()
	return s
}

// cannotWrite hears of a write that failed: a reader that has gone ends the
// script; anything else is told at once, and goes into the exit status.
func (c *console) cannotWrite(s *sink, err error) {
	if errors.Is(err, syscall.EPIPE) {
		c.broken()
		return
	}
	c.mu.Lock()
	name := c.names[s]
	first := !c.told[name]
	c.told[name], c.failed = true, true
	c.mu.Unlock()
	if first && s != c.err {
		c.note(fmt.Sprintf("mpiclus-lua: output is lost: %s cannot be written to: %v (make room; the script goes on, and its status will be %d)",
			name, cause(err), ExitOutput))
	}
}

// cause is an error of the file system without the name of the file.
func cause(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}

// note tells the user something that is neither output nor an error.
func (c *console) note(text string) { _, _ = c.err.Write([]byte(text + "\n")) }

// lost reports what of the output could not be written, nil for nothing.
func (c *console) lost() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if !c.failed {
		return nil
	}
	var parts []string
	for s, name := range c.names {
		if n := s.lost.Load(); n > 0 {
			parts = append(parts, fmt.Sprintf("%d bytes for %s", n, name))
		}
	}
	slices.Sort(parts)
	return luaerr.New(luaerr.Script, "%w: %s", errOutput, strings.Join(parts, ", "))
}

// close closes the files of all displays.
func (c *console) close() {
	c.mu.Lock()
	displays := c.displays
	c.mu.Unlock()
	for _, d := range displays {
		d.closeFiles()
	}
}

// errOutput is the end of a script whose output is not complete.
var errOutput = errors.New("output was lost")

// sinks lists all places of output.
func (c *console) sinks() []*sink {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*sink{c.out, c.err}, c.files...)
}

// giveUp lets nobody wait any more for output that is not taken.
func (c *console) giveUp() {
	for _, s := range c.sinks() {
		s.giveUp()
	}
}

// takeLimit is how long an end from outside waits for output that nobody
// takes, such as one that a pager holds back.
const takeLimit = time.Second

// giveUpStuck is giveUp, until done is closed, for places that have not taken
// a piece of text in takeLimit.
func (c *console) giveUpStuck(done <-chan struct{}) {
	begin := time.Now()
	look := time.NewTicker(takeLimit / 10)
	defer look.Stop()
	for {
		select {
		case <-done:
			return
		case <-look.C:
			for _, s := range c.sinks() {
				if min(s.stuck(), time.Since(begin)) > takeLimit {
					s.giveUp()
				}
			}
		}
	}
}

// display shows what workers write, each line with its rank in front.
type display struct {
	*console
	mode   string // "live", "grouped", "none", "file"
	folder string
	raw    bool // control sequences reach terminals: see visible.go
	stacks bool // show the stacks of a process that crashes

	opening sync.Mutex
	opened  map[string]*outputFile // by name; nil: it cannot be opened
}

// outputFile is a file of one stream of a worker.
type outputFile struct {
	*os.File
	sink *sink
}

// Streams of a worker.
const (
	streamOut = 1
	streamErr = 2
)

var streamNames = [...]string{streamOut: "out", streamErr: "err"}

func newDisplay(mode string, c *console) (*display, error) {
	d := &display{mode: mode, console: c, opened: map[string]*outputFile{}}
	c.mu.Lock()
	c.displays = append(c.displays, d)
	c.mu.Unlock()
	switch {
	case mode == "":
		d.mode = "live"
	case mode == "raw":
		d.mode, d.raw = "live", true
	case strings.HasPrefix(mode, "file="):
		d.mode, d.folder = "file", strings.TrimPrefix(mode, "file=")
		if e := os.MkdirAll(d.folder, 0o777); e != nil {
			return nil, luaerr.New(luaerr.Argument, "output=%s: %w", mode, e)
		}
	case mode != "live" && mode != "grouped" && mode != "none":
		return nil, luaerr.New(luaerr.Argument, "output=%s is not known: say live, raw, grouped, file=DIR or none", mode)
	}
	return d, nil
}

// closeFiles closes the files; what cannot be written then is told as well.
func (d *display) closeFiles() {
	d.opening.Lock()
	defer d.opening.Unlock()
	for _, f := range d.opened {
		if f == nil {
			continue
		}
		if err := f.Close(); err != nil {
			d.cannotWrite(f.sink, err)
		}
	}
	d.opened = map[string]*outputFile{}
}

// show shows lines of a worker; the last need not be whole.
func (d *display) show(tag string, stream int, text []byte) {
	switch d.mode {
	case "none":
	case "file":
		if f := d.file(tag + "." + streamNames[stream]); f != nil {
			_, _ = f.sink.Write(text) // an error is told
		}
	default:
		to := d.out
		if stream == streamErr {
			to = d.err
		}
		if to.terminal && !d.raw {
			text = visible(text)
		}
		_, _ = to.line("["+tag+"] ", text)
	}
}

func (d *display) file(name string) *outputFile {
	d.opening.Lock()
	defer d.opening.Unlock()
	if f, ok := d.opened[name]; ok {
		return f
	}
	f, err := os.Create(filepath.Join(d.folder, name))
	if err != nil {
		d.opened[name] = nil
		d.cannotOpen(err)
		return nil
	}
	d.opened[name] = &outputFile{File: f, sink: d.console.file(f)}
	return d.opened[name]
}

// cannotOpen tells of a file that all output of a worker would go to.
func (d *display) cannotOpen(err error) {
	d.mu.Lock()
	d.failed = true
	d.mu.Unlock()
	d.note(fmt.Sprintf("mpiclus-lua: output of the workers is lost: %v (the script goes on, and its status will be %d)", err, ExitOutput))
}
