// Package shm is memory that a host and a plugin share: a file without a name
// that both map. It goes away with the last process that has it open, however
// that ends.
//
// Its owner gives pieces of it out (Alloc) and makes it grow; the other side
// looks at pieces by their place (View). A piece stays where it is mapped
// until it is released, also when the memory grows meanwhile.
package shm

import (
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"sync"
	"syscall"
	"time"
	"unsafe"
)

// ErrOutside is the error of a region that is not in the memory.
var ErrOutside = errors.New("region outside of the shared memory")

const (
	align     = 64      // bytes; pieces begin at multiples
	least     = 1 << 20 // bytes that the memory grows by at least
	keepFree  = 64 << 20
	trimAfter = time.Second
)

// Memory is one side's view of the shared memory. Its methods may be called
// from any goroutine.
type Memory struct {
	file *os.File

	mu     sync.Mutex
	maps   []*mapping // the last is the current one
	size   int        // of the file, as far as known
	free   []span     // of the owner: in order of place, never adjacent
	trim   *time.Timer
	closed bool
}

// mapping is the whole file as it was when it was mapped.
type mapping struct {
	data []byte
	refs int
}

type span struct{ offset, size int }

// Piece is a part of the memory that somebody uses.
type Piece struct {
	Bytes  []byte
	Offset int

	mem  *Memory
	m    *mapping
	own  span // to give back, size 0 for a View
	once sync.Once
}

// Create makes a memory without content.
func Create() (*Memory, error) {
	f, err := create()
	if err != nil {
		return nil, fmt.Errorf("shared memory: %w", err)
	}
	return &Memory{file: f}, nil
}

// Open takes over the file of a memory that another process made.
func Open(f *os.File) *Memory { return &Memory{file: f} }

// File returns the file, for a child to inherit.
func (m *Memory) File() *os.File { return m.file }

// Alloc returns n bytes whose content is whatever was there before. Only the
// owner may call it. Release gives them back.
func (m *Memory) Alloc(n int) (*Piece, error) {
	if n < 0 || n > math.MaxInt-align {
		return nil, fmt.Errorf("shared memory: %d bytes", n)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, os.ErrClosed
	}
	size := max((n+align-1)&^(align-1), align)
	s, ok := m.take(size)
	if !ok {
		if err := m.grow(size); err != nil {
			return nil, fmt.Errorf("shared memory of %d bytes: %w", n, err)
		}
		s, _ = m.take(size)
	}
	p := m.piece(s.offset, n)
	p.own = s
	return p, nil
}

// take finds the first free place that is large enough.
func (m *Memory) take(size int) (span, bool) {
	for i, s := range m.free {
		if s.size < size {
			continue
		}
		if s.size == size {
			m.free = slices.Delete(m.free, i, i+1)
		} else {
			m.free[i] = span{s.offset + size, s.size - size}
		}
		return span{s.offset, size}, true
	}
	return span{}, false
}

// give makes a place free again.
func (m *Memory) give(s span) {
	i, _ := slices.BinarySearchFunc(m.free, s.offset, func(f span, offset int) int { return f.offset - offset })
	m.free = slices.Insert(m.free, i, s)
	if i+1 < len(m.free) && s.offset+s.size == m.free[i+1].offset {
		m.free[i].size += m.free[i+1].size
		m.free = slices.Delete(m.free, i+1, i+2)
	}
	if i > 0 && m.free[i-1].offset+m.free[i-1].size == s.offset {
		m.free[i-1].size += m.free[i].size
		m.free = slices.Delete(m.free, i, i+1)
	}
}

// grow makes the file larger by at least n bytes and maps it anew.
func (m *Memory) grow(n int) error {
	more := max(least, m.size, n)
	if m.size >= 256<<20 {
		more = max(256<<20, n)
	}
	more = (more + least - 1) &^ (least - 1)
	if err := m.file.Truncate(int64(m.size + more)); err != nil {
		return err
	}
	if err := m.mapAll(m.size + more); err != nil {
		return err
	}
	m.give(span{m.size, more})
	m.size += more
	return nil
}

// mapAll makes a mapping of size bytes the current one.
func (m *Memory) mapAll(size int) error {
	data, err := syscall.Mmap(int(m.file.Fd()), 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_SHARED)
	if err != nil {
		return fmt.Errorf("mmap of %d bytes: %w", size, err)
	}
	m.maps = append(m.maps, &mapping{data: data})
	m.dropUnused()
	return nil
}

// dropUnused unmaps what is neither current nor in use.
func (m *Memory) dropUnused() {
	last := len(m.maps) - 1
	kept := m.maps[:0]
	for i, x := range m.maps {
		if x.refs == 0 && (i != last || m.closed) {
			_ = syscall.Munmap(x.data)
			continue
		}
		kept = append(kept, x)
	}
	clear(m.maps[len(kept):])
	m.maps = kept
}

func (m *Memory) piece(offset, n int) *Piece {
	x := m.maps[len(m.maps)-1]
	x.refs++
	return &Piece{Bytes: x.data[offset : offset+n : offset+n], Offset: offset, mem: m, m: x}
}

// View returns the n bytes at an offset, which the other side told. Release
// ends the use of them. A region that is not in the memory is ErrOutside.
func (m *Memory) View(offset, n uint64) (*Piece, error) {
	if offset > math.MaxInt || n > math.MaxInt-offset {
		return nil, ErrOutside
	}
	if n == 0 {
		p := &Piece{Offset: int(offset)}
		p.Abandon()
		return p, nil
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil, os.ErrClosed
	}
	end := int(offset + n)
	if len(m.maps) == 0 || end > len(m.maps[len(m.maps)-1].data) {
		info, err := m.file.Stat()
		if err != nil {
			return nil, fmt.Errorf("shared memory: %w", err)
		}
		if int64(end) > info.Size() || info.Size() == 0 {
			return nil, fmt.Errorf("%w: bytes %d to %d of %d", ErrOutside, offset, end, info.Size())
		}
		if err := m.mapAll(int(info.Size())); err != nil {
			return nil, err
		}
	}
	return m.piece(int(offset), int(n)), nil
}

// Release ends the use of the piece; what the owner allocated becomes free.
// It may be called more than once.
func (p *Piece) Release() {
	if p == nil {
		return
	}
	p.once.Do(func() {
		m := p.mem
		m.mu.Lock()
		defer m.mu.Unlock()
		p.m.refs--
		if p.own.size > 0 && !m.closed {
			m.give(p.own)
			m.trimLater()
		}
		m.dropUnused()
	})
}

// Abandon keeps the piece for good: something outside of this process's
// control may still write to it.
func (p *Piece) Abandon() { p.once.Do(func() {}) }

// trimLater gives large free places back to the system once nobody has used
// the memory for a while.
func (m *Memory) trimLater() {
	total := 0
	for _, s := range m.free {
		total += s.size
	}
	if total <= keepFree {
		return
	}
	if m.trim == nil {
		m.trim = time.AfterFunc(trimAfter, m.punch)
	} else {
		m.trim.Reset(trimAfter)
	}
}

func (m *Memory) punch() {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return
	}
	for _, s := range m.free {
		if s.size >= least {
			punch(m.file, s.offset, s.size)
		}
	}
}

// Locate reports where in the memory b lies, if it does.
func (m *Memory) Locate(b []byte) (offset int, ok bool) {
	if len(b) == 0 {
		return 0, false
	}
	p := uintptr(unsafe.Pointer(unsafe.SliceData(b)))
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, x := range m.maps {
		start := uintptr(unsafe.Pointer(unsafe.SliceData(x.data)))
		if p >= start && p+uintptr(len(b)) <= start+uintptr(len(x.data)) {
			return int(p - start), true
		}
	}
	return 0, false
}

// Close ends this side's use of the memory. What pieces are in use stays
// mapped until they are released.
func (m *Memory) Close() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.closed {
		return nil
	}
	m.closed = true
	if m.trim != nil {
		m.trim.Stop()
	}
	m.dropUnused()
	return m.file.Close()
}
