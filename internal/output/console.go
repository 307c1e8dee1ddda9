package output

import (
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Console is where all output of this process goes that is not left to files:
// its standard output and its standard error, which several displays share. Any
// goroutine may use it.
type Console struct {
	Out, Err *Sink
	Broken   func() // called when a reader of the output has gone, by each who notices; set before anything is written

	mu       sync.Mutex
	told     map[string]bool // what could not be written to, and was told
	files    []*Sink
	names    map[*Sink]string
	displays []*Display
	failed   bool
}

// NewConsole makes the console of two places.
func NewConsole(out, err io.Writer) *Console {
	c := &Console{told: map[string]bool{}, names: map[*Sink]string{}, Broken: func() {}}
	c.Out = newSink(out, func(e error) { c.cannotWrite(c.Out, e) })
	c.Err = newSink(err, func(e error) { c.cannotWrite(c.Err, e) })
	c.names[c.Out], c.names[c.Err] = "standard output", "standard error"
	return c
}

// file makes the sink of a file that was opened for output.
func (c *Console) file(f *os.File) *Sink {
	var s *Sink
	s = newSink(f, func(e error) { c.cannotWrite(s, e) })
	c.mu.Lock()
	defer c.mu.Unlock()
	c.files = append(c.files, s)
	c.names[s] = f.Name()
	return s
}

// cannotWrite hears of a write that failed: a reader that has gone ends the
// script; anything else is told at once, and goes into the exit status.
func (c *Console) cannotWrite(s *Sink, err error) {
	if errors.Is(err, syscall.EPIPE) {
		c.Broken()
		return
	}
	c.mu.Lock()
	name := c.names[s]
	first := !c.told[name]
	c.told[name], c.failed = true, true
	c.mu.Unlock()
	if first && s != c.Err {
		c.Note(fmt.Sprintf("mpiclus-lua: output is lost: %s cannot be written to: %v (make room; the script goes on, and its status will be %d)",
			name, cause(err), ExitStatus))
	}
}

// cause is an error of the file system without the name of the file.
func cause(err error) error {
	if path, ok := errors.AsType[*os.PathError](err); ok {
		return path.Err
	}
	return err
}

// Note tells the user something that is neither output nor an error.
func (c *Console) Note(text string) { _, _ = c.Err.Write([]byte(text + "\n")) }

// Lost reports what of the output could not be written, nil for nothing.
func (c *Console) Lost() error {
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

// Close closes the files of all displays.
func (c *Console) Close() {
	c.mu.Lock()
	displays := c.displays
	c.mu.Unlock()
	for _, d := range displays {
		d.closeFiles()
	}
}

// ExitStatus is the exit status of the command when some output was lost, and all
// else went well.
const ExitStatus = 5

// errOutput is the end of a script whose output is not complete.
var errOutput = errors.New("output was lost")

// sinks lists all places of output.
func (c *Console) sinks() []*Sink {
	c.mu.Lock()
	defer c.mu.Unlock()
	return append([]*Sink{c.Out, c.Err}, c.files...)
}

// GiveUp lets nobody wait any more for output that is not taken.
func (c *Console) GiveUp() {
	for _, s := range c.sinks() {
		s.giveUp()
	}
}

// takeLimit is how long an end from outside waits for output that nobody
// takes, such as one that a pager holds back.
const takeLimit = time.Second

// GiveUpStuck is GiveUp, until done is closed, for places that have not taken
// a piece of text in takeLimit.
func (c *Console) GiveUpStuck(done <-chan struct{}) {
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
