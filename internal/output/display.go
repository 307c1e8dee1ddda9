package output

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Display shows what the workers of a job write, each line with its rank in front.
// Console.Close closes its files.
type Display struct {
	*Console
	mode   string // "live", "grouped", "none", "file"
	folder string
	raw    bool // control sequences reach terminals: see visible.go
	stacks bool // show the stacks of a process that crashes

	opening sync.Mutex
	opened  map[string]*outputFile // by name; nil: it cannot be opened
	ended   map[string]bool        // by name: files that were closed
}

// outputFile is a file of one stream of a worker.
type outputFile struct {
	*os.File
	sink *Sink
}

// The streams of a worker: its file descriptors.
const (
	StreamOut = 1
	StreamErr = 2
)

var streamNames = [...]string{StreamOut: "out", StreamErr: "err"}

// NewDisplay makes a display in a mode: "live" (or ""), "raw", "grouped", "none" or
// "file=DIR", whose folder is made. stacks leaves in what a process that crashes
// writes of its inside. The error, of kind Argument, says what is wrong with the mode.
func NewDisplay(mode string, c *Console, stacks bool) (*Display, error) {
	d := &Display{mode: mode, stacks: stacks, Console: c, opened: map[string]*outputFile{}, ended: map[string]bool{}}
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
func (d *Display) closeFiles() {
	d.opening.Lock()
	defer d.opening.Unlock()
	for name, f := range d.opened {
		if f == nil {
			continue
		}
		d.ended[name] = true
		if err := f.Close(); err != nil {
			d.cannotWrite(f.sink, err)
		}
	}
	d.opened = map[string]*outputFile{}
}

// show shows lines of a worker; the last need not be whole.
func (d *Display) show(tag string, stream int, text []byte) {
	switch d.mode {
	case "none":
	case "file":
		if f := d.file(tag + "." + streamNames[stream]); f != nil {
			_, _ = f.sink.Write(text) // an error is told
		}
	default:
		to := d.Out
		if stream == StreamErr {
			to = d.Err
		}
		if to.terminal && !d.raw {
			text = visible(text)
		}
		_, _ = to.line("["+tag+"] ", text)
	}
}

// file returns the file of a name, which is made when it is first asked for; nil if
// that cannot be, which is told once.
func (d *Display) file(name string) *outputFile {
	f, err := d.open(name)
	if err != nil {
		d.cannotOpen(err) // nobody is kept from the other files by who reads this
	}
	return f
}

func (d *Display) open(name string) (*outputFile, error) {
	d.opening.Lock()
	defer d.opening.Unlock()
	if f, ok := d.opened[name]; ok {
		return f, nil
	}
	how := os.O_TRUNC
	if d.ended[name] { // what comes late goes behind what is there
		how = os.O_APPEND
	}
	f, err := os.OpenFile(filepath.Join(d.folder, name), os.O_CREATE|os.O_WRONLY|how, 0o666)
	if err != nil {
		d.opened[name] = nil
		return nil, err
	}
	d.opened[name] = &outputFile{File: f, sink: d.Console.file(f)}
	return d.opened[name], nil
}

// cannotOpen tells of a file that all output of a worker would go to.
func (d *Display) cannotOpen(err error) {
	d.mu.Lock()
	d.failed = true
	d.mu.Unlock()
	d.Note(fmt.Sprintf("mpiclus-lua: output of the workers is lost: %v (the script goes on, and its status will be %d)", err, ExitStatus))
}
