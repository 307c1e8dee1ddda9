package worker

import (
	"encoding/binary"
	"io"
	"os"
	"os/exec"
	"sync"
	"syscall"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

// capture is the supervisor's end of what a worker writes to its file
// descriptors 1 and 2, whoever writes there: Lua, Go's runtime, C code. Each
// piece goes to the master as it comes.
//
// A third channel lets the worker ask "is all that I wrote on its way?": it
// sends 8 bytes, the supervisor empties both pipes and answers with the
// number of bytes passed on so far, which the master compares with what it
// has shown. Most often the shared counters answer that without a word.
type capture struct {
	tap     *Tap
	sync    *os.File // the supervisor's end of the third channel
	theirs  []*os.File
	readers sync.WaitGroup
}

// drainWait is for grandchildren that still hold a pipe.
const drainWait = 200 * time.Millisecond

// newCapture connects the pipes to a command that is not started yet. With
// output left to the launcher, only the third channel is made.
func newCapture(child *exec.Cmd, l link.Link, output bool) (*capture, error) {
	counts, shared, err := newCounters()
	if err != nil {
		return nil, err
	}
	c := &capture{tap: NewTap(func(stream byte, piece []byte) {
		// A master that is gone takes no more output; that ends elsewhere.
		_ = l.Send(&link.Frame{Kind: protocol.FrameOutput, ID: uint64(stream), Head: piece})
	})}
	c.tap.counts = counts
	child.Stdout, child.Stderr = os.Stdout, os.Stderr
	if output {
		for id, target := range []*io.Writer{&child.Stdout, &child.Stderr} {
			_, w, err := c.tap.Add(byte(id + 1))
			if err != nil {
				return nil, err
			}
			*target = w
			c.theirs = append(c.theirs, w)
		}
	}
	fds, err := syscall.Socketpair(syscall.AF_UNIX, syscall.SOCK_STREAM|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	if err := syscall.SetNonblock(fds[0], true); err != nil {
		return nil, err
	}
	c.sync = os.NewFile(uintptr(fds[0]), "sync")
	theirs := os.NewFile(uintptr(fds[1]), "sync")
	child.ExtraFiles = []*os.File{theirs, shared} // descriptors 3 and 4 there
	c.theirs = append(c.theirs, theirs, shared)
	return c, nil
}

// started is called when the child runs: its ends are closed here and the
// reading begins.
func (c *capture) started() {
	for _, f := range c.theirs {
		f.Close()
	}
	for _, p := range c.tap.pipes {
		c.readers.Go(p.Run)
	}
	go c.answer()
}

// finish is called when the child has ended: it waits until all that was
// written is passed on.
func (c *capture) finish() {
	for _, p := range c.tap.pipes {
		p.Drain(drainWait)
	}
	c.readers.Wait()
	c.sync.Close()
}

// answer serves the third channel.
func (c *capture) answer() {
	var word [8]byte
	for {
		if _, err := io.ReadFull(c.sync, word[:]); err != nil {
			return
		}
		binary.LittleEndian.PutUint64(word[:], c.tap.Flush())
		if _, err := c.sync.Write(word[:]); err != nil {
			return
		}
	}
}
