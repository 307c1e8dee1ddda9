package worker

import (
	"fmt"
	"os"
	"sync/atomic"
	"unsafe"

	"golang.org/x/sys/unix"
)

// counters is a page of memory that a supervisor shares with its worker, so
// that the worker can see, most of the time without waking anybody, that all
// it wrote has been passed on: both pipes are empty and the supervisor is not
// busy with what it took out of them. A worker that ends itself leaves a word
// there, too.
type counters struct {
	sent atomic.Uint64 // bytes that were passed on to the master
	busy atomic.Int32  // above 0 from before a read of a pipe until what it gave was passed on

	wordLength atomic.Int32 // of word, once it is there
	word       [256]byte    // the call that ended the worker, as it says itself
}

const countersName = "mpiclus-output"

// newCounters makes the page and the file to hand to the worker.
func newCounters() (*counters, *os.File, error) {
	fd, err := unix.MemfdCreate(countersName, unix.MFD_CLOEXEC)
	if err != nil {
		return nil, nil, fmt.Errorf("memfd_create: %w", err)
	}
	file := os.NewFile(uintptr(fd), countersName)
	if err := file.Truncate(int64(unsafe.Sizeof(counters{}))); err != nil {
		return nil, nil, err
	}
	c, err := mapCounters(file)
	return c, file, err
}

func mapCounters(file *os.File) (*counters, error) {
	page, err := unix.Mmap(int(file.Fd()), 0, int(unsafe.Sizeof(counters{})), unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED)
	if err != nil {
		return nil, fmt.Errorf("map the supervisor's counters: %w", err)
	}
	return (*counters)(unsafe.Pointer(&page[0])), nil
}

// leaveWord keeps what the worker says of its own end.
func (c *counters) leaveWord(text string) { c.wordLength.Store(int32(copy(c.word[:], text))) }

// lastWord returns what the worker said of its own end, "" for nothing. The
// worker is gone; one that crashed may have written anything here before.
func (c *counters) lastWord() string {
	n := int(c.wordLength.Load())
	return string(c.word[:min(max(n, 0), len(c.word))])
}

// settled reports whether all that this process wrote to its file
// descriptors 1 and 2 has been passed on, and how many bytes those were. The
// order matters: a byte that has left a pipe makes the supervisor busy first.
func (c *counters) settled() (uint64, bool) {
	for _, fd := range []int{1, 2} {
		if n, err := unix.IoctlGetInt(fd, unix.TIOCINQ); err != nil || n != 0 {
			return 0, false
		}
	}
	if c.busy.Load() != 0 {
		return 0, false
	}
	return c.sent.Load(), true
}
