package stdlib

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/sys/unix"
)

// stream is an open file, buffered as C's stdio does it. Only who holds the
// interpreter may use it; waits let go of that, and then look anew.
type stream struct {
	env  *Env
	fd   int       // -1: w alone
	w    io.Writer // what is written to in place of fd, nil for none
	own  bool      // a pipe or FIFO of ours: reads and writes return at once
	slow bool      // reads and writes may have to wait for somebody else

	unread  bool   // opened for writing alone
	unwrite bool   // opened for reading alone
	in      []byte // read, and not yet given to the script
	room    []byte // what in is a part of
	out     []byte // written by the script, and not yet to the file
	buffer  buffering
	failed  error // of the last operation, as ferror
	closed  bool
	child   *child // of popen
	waiters waiters
}

// buffering is when what is written goes to the file.
type buffering int

const (
	fullBuffering buffering = iota
	lineBuffering
	noBuffering
)

const (
	readSize  = 1 << 16
	writeSize = 1 << 16
	// pipeBuf is how much a pipe that is ready takes at once.
	pipeBuf = 4096
)

var errClosed = errors.New("file is already closed")

// newStream makes a stream of a file descriptor, which it owns from then on.
func newStream(env *Env, fd int) *stream {
	s := &stream{env: env, fd: fd}
	var st unix.Stat_t
	if err := unix.Fstat(fd, &st); err == nil {
		kind := st.Mode & unix.S_IFMT
		s.slow = kind != unix.S_IFREG && kind != unix.S_IFDIR && kind != unix.S_IFBLK
	}
	return s
}

// fill reads more into s.in and reports whether there was any. At the end of
// the file, and after an error, which is kept in s.failed, there is none.
func (s *stream) fill(L *lua.LState) bool {
	if len(s.out) > 0 && !s.flush(L) {
		return false
	}
	if s.fd < 0 || s.unread {
		s.failed = unix.EBADF
		return false
	}
	if s.room == nil {
		s.room = make([]byte, readSize)
	}
	n := s.read(L, s.room)
	s.in = s.room[:n]
	return n > 0
}

// read reads once into b, waiting if need be. It returns 0 at the end of the
// file and after an error.
func (s *stream) read(L *lua.LState, b []byte) int {
	for {
		if s.slow && !s.own && !ready(s.fd, unix.POLLIN, 0) {
			if !s.wait(L, unix.POLLIN) {
				return 0
			}
			continue
		}
		n, err := unix.Read(s.fd, b)
		switch err {
		case nil:
			return max(n, 0)
		case unix.EINTR:
			s.env.Check(L)
		case unix.EAGAIN:
			if !s.wait(L, unix.POLLIN) {
				return 0
			}
		default:
			s.failed = err
			return 0
		}
	}
}

// wait waits until the file is ready and reports whether to go on.
func (s *stream) wait(L *lua.LState, events int16) bool {
	err := s.env.await(L, func(ctx context.Context) error {
		err := awaitFd(ctx, s.fd, events, &s.waiters)
		if ctx.Err() != nil && s.child != nil {
			s.child.kill()
		}
		return err
	})
	if s.closed {
		err = errClosed
	}
	if err != nil {
		s.failed = err
	}
	return err == nil
}

// write takes what the script writes and reports whether that went well.
func (s *stream) write(L *lua.LState, b []byte) bool {
	if s.unwrite {
		s.failed = unix.EBADF
		return len(b) == 0
	}
	if len(s.in) > 0 {
		s.dropRead()
	}
	if s.buffer == noBuffering && len(s.out) == 0 {
		_, ok := s.send(L, b)
		return ok
	}
	if len(s.out)+len(b) > writeSize && len(s.out) > 0 && !s.flush(L) {
		return false
	}
	if len(b) > writeSize {
		_, ok := s.send(L, b)
		return ok
	}
	s.out = append(s.out, b...)
	if s.buffer == noBuffering || s.buffer == lineBuffering && bytes.IndexByte(b, '\n') >= 0 {
		return s.flush(L)
	}
	return true
}

// writeString is write for a string.
func (s *stream) writeString(L *lua.LState, text string) bool {
	if len(s.in) == 0 && !s.unwrite && s.buffer == fullBuffering && len(s.out)+len(text) <= writeSize {
		s.out = append(s.out, text...)
		return true
	}
	return s.write(L, unsafe.Slice(unsafe.StringData(text), len(text)))
}

// flush writes what is buffered and reports whether that went well. What could
// not be written is dropped, or it would be in the way of all that follows.
func (s *stream) flush(L *lua.LState) bool {
	if len(s.out) == 0 {
		return true
	}
	out := s.out
	s.out = nil // somebody else may write meanwhile
	_, ok := s.send(L, out)
	if s.out == nil && cap(out) <= 2*writeSize {
		s.out = out[:0]
	}
	return ok
}

// send writes b to the file, waiting if need be.
func (s *stream) send(L *lua.LState, b []byte) (n int, ok bool) {
	for n < len(b) {
		piece := b[n:]
		if s.slow && !s.own && s.fd >= 0 {
			if !ready(s.fd, unix.POLLOUT, 0) {
				if !s.wait(L, unix.POLLOUT) {
					return n, false
				}
				continue
			}
			piece = piece[:min(len(piece), pipeBuf)]
		}
		wrote, err := s.writeOnce(L, piece)
		n += max(wrote, 0)
		switch {
		case err == nil:
		case errors.Is(err, unix.EINTR):
			s.env.Check(L)
		case errors.Is(err, unix.EAGAIN):
			if !s.wait(L, unix.POLLOUT) {
				return n, false
			}
		default:
			s.failed = err
			return n, false
		}
	}
	return n, true
}

// Beginner is an Env.Stdout whose reader may pause: a print that has to wait
// for it lets others use the interpreter.
type Beginner interface {
	io.Writer
	// Begin begins to write b, of which it keeps no part, after all that was begun
	// before. It is written even when nobody waits for the end.
	Begin(b []byte) Writing
}

// Writing waits for the end of a write: for some time, or without a limit if
// that is 0, and until stop is closed. over reports whether the write is over;
// n and err are what it comes to.
type Writing func(within time.Duration, stop <-chan struct{}) (n int, err error, over bool)

// soon is how long a script holds the interpreter while its output is written.
const soon = time.Millisecond

// finish waits for the end of a write.
func (s *stream) finish(L *lua.LState, wait Writing) (n int, err error) {
	n, err, over := wait(soon, nil)
	if over {
		return n, err
	}
	stopped := s.env.await(L, func(ctx context.Context) error {
		if n, err, over = wait(0, ctx.Done()); !over {
			return ctx.Err()
		}
		return nil
	})
	if stopped != nil {
		return 0, stopped
	}
	return n, err
}

func (s *stream) writeOnce(L *lua.LState, b []byte) (int, error) {
	if w, ok := s.w.(Beginner); ok {
		return s.finish(L, w.Begin(b))
	}
	if s.w != nil {
		return s.w.Write(b)
	}
	return unix.Write(s.fd, b)
}

// dropRead goes back to where the script has read to, before it writes.
func (s *stream) dropRead() {
	if !s.slow {
		_, _ = unix.Seek(s.fd, -int64(len(s.in)), io.SeekCurrent)
	}
	s.in = nil
}

// seek moves where the file is read and written, and returns the place.
func (s *stream) seek(L *lua.LState, whence int, offset int64) (int64, error) {
	s.failed = nil
	if !s.flush(L) {
		return 0, s.failed
	}
	if s.fd < 0 {
		return 0, unix.ESPIPE
	}
	if whence == io.SeekCurrent {
		if offset == 0 {
			at, err := unix.Seek(s.fd, 0, io.SeekCurrent)
			return at - int64(len(s.in)), err
		}
		offset -= int64(len(s.in))
	}
	at, err := unix.Seek(s.fd, offset, whence)
	if err == nil {
		s.in = nil
	}
	return at, err
}

// close writes what is buffered, closes the file and, for that of a process,
// waits for its end.
func (s *stream) close(L *lua.LState) error {
	s.failed = nil
	if !s.flush(L) && s.closed {
		return errClosed
	}
	failed := s.failed
	s.closed = true
	s.env.forget(s)
	s.waiters.wake()
	s.in, s.room, s.out = nil, nil, nil
	if err := unix.Close(s.fd); err != nil && failed == nil {
		failed = err
	}
	if s.child != nil {
		child := s.child
		_ = s.env.await(L, func(ctx context.Context) error { child.wait(ctx); return nil })
		return nil
	}
	return failed
}

// abandon is close for a file that nobody holds any more: it waits for nobody.
func (s *stream) abandon() {
	if s.closed {
		return
	}
	s.flushNow(false)
	s.closed = true
	_ = unix.Close(s.fd)
}

// lastFlush is how long the end of a process waits for who reads its pipes.
const lastFlush = time.Second

// flushNow writes what is buffered, as far as the file takes it: at once, or
// within lastFlush.
func (s *stream) flushNow(end bool) {
	until := time.Now()
	if end {
		until = until.Add(lastFlush)
	}
	for len(s.out) > 0 {
		piece := s.out
		if s.slow {
			if !ready(s.fd, unix.POLLOUT, time.Until(until)) {
				return
			}
			piece = piece[:min(len(piece), pipeBuf)]
		}
		n, err := unix.Write(s.fd, piece)
		if err != nil && err != unix.EINTR && err != unix.EAGAIN {
			s.out = nil
			return
		}
		s.out = s.out[max(n, 0):]
	}
	s.out = nil
}

// openFile opens a file as C's fopen does. A FIFO has to wait for its other
// end.
func openFile(L *lua.LState, env *Env, name, mode string) (*stream, error) {
	flags, err := openFlags(mode)
	if err != nil {
		return nil, err
	}
	var st unix.Stat_t
	if unix.Stat(name, &st) == nil && st.Mode&unix.S_IFMT == unix.S_IFIFO {
		return openFIFO(L, env, name, flags)
	}
	fd, err := openRetrying(L, env, name, flags)
	if err != nil {
		return nil, err
	}
	s := newStream(env, fd)
	s.oneWay(flags)
	if flags&unix.O_APPEND != 0 && s.unread {
		_, _ = unix.Seek(fd, 0, io.SeekEnd)
	}
	if s.slow && isTerminal(fd) {
		s.buffer = lineBuffering
	}
	return s, nil
}

// oneWay notes what a file was opened for.
func (s *stream) oneWay(flags int) {
	s.unread = flags&unix.O_ACCMODE == unix.O_WRONLY
	s.unwrite = flags&unix.O_ACCMODE == unix.O_RDONLY
}

func openRetrying(L *lua.LState, env *Env, name string, flags int) (int, error) {
	for {
		fd, err := unix.Open(name, flags|unix.O_CLOEXEC, 0o666)
		if err != unix.EINTR {
			return fd, err
		}
		env.Check(L)
	}
}

// openFlags reads the mode of fopen as glibc does: what it does not know after
// the first letter it passes over.
func openFlags(mode string) (flags int, err error) {
	if mode == "" {
		return 0, unix.EINVAL
	}
	switch mode[0] {
	case 'r':
		flags = unix.O_RDONLY
	case 'w':
		flags = unix.O_WRONLY | unix.O_CREAT | unix.O_TRUNC
	case 'a':
		flags = unix.O_WRONLY | unix.O_CREAT | unix.O_APPEND
	default:
		return 0, unix.EINVAL
	}
	for _, c := range []byte(mode[1:min(len(mode), 7)]) {
		switch c {
		case '+':
			flags = flags&^(unix.O_RDONLY|unix.O_WRONLY) | unix.O_RDWR
		case 'x':
			flags |= unix.O_EXCL
		}
	}
	return flags, nil
}

// openFIFO opens a FIFO without the interpreter, since that waits until
// somebody opens the other end.
func openFIFO(L *lua.LState, env *Env, name string, flags int) (*stream, error) {
	type result struct {
		fd  int
		err error
	}
	opened := make(chan result, 1)
	go func() {
		fd, err := unix.Open(name, flags|unix.O_CLOEXEC, 0o666)
		for err == unix.EINTR {
			fd, err = unix.Open(name, flags|unix.O_CLOEXEC, 0o666)
		}
		opened <- result{fd, err}
	}()
	var r result
	_ = env.Wait(L, func(ctx context.Context) error {
		select {
		case r = <-opened:
		case <-ctx.Done():
			r.err = unix.EINTR
			other, err := unix.Open(name, unix.O_RDWR|unix.O_NONBLOCK|unix.O_CLOEXEC, 0) // lets the open go on
			go func() {
				if late := <-opened; late.err == nil {
					_ = unix.Close(late.fd)
				}
				if err == nil {
					_ = unix.Close(other)
				}
			}()
		}
		return nil
	})
	env.Check(L)
	if r.err != nil {
		return nil, r.err
	}
	s := newStream(env, r.fd)
	s.oneWay(flags)
	if err := unix.SetNonblock(r.fd, true); err == nil {
		s.own = true
	}
	return s, nil
}

// errno returns the system's number of an error, and whether it has one.
func errno(err error) (unix.Errno, bool) {
	var n unix.Errno
	if errors.As(err, &n) {
		return n, true
	}
	var p *fs.PathError
	if errors.As(err, &p) && errors.Is(p.Err, os.ErrClosed) {
		return unix.EBADF, true
	}
	return 0, false
}

// reason is what C's strerror says of an error.
func reason(err error) string {
	n, ok := errno(err)
	if !ok {
		return err.Error()
	}
	text := []byte(n.Error())
	if len(text) > 0 && text[0] >= 'a' && text[0] <= 'z' {
		text[0] -= 'a' - 'A'
	}
	return string(text)
}

func isTerminal(fd int) bool {
	_, err := unix.IoctlGetTermios(fd, unix.TCGETS)
	return err == nil
}

// address is how files are told apart in their text.
func address(s *stream) string { return fmt.Sprintf("%p", s) }
