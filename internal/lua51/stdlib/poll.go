package stdlib

import (
	"context"
	"sync"
	"time"

	lua "github.com/yuin/gopher-lua"
	"golang.org/x/sys/unix"
)

// ready reports whether a read (unix.POLLIN) or a write (unix.POLLOUT) of a
// file descriptor would go on at once, or within some time.
func ready(fd int, events int16, within time.Duration) bool {
	fds := []unix.PollFd{{Fd: int32(fd), Events: events}}
	n, err := unix.Poll(fds, int(max(within, 0).Milliseconds()))
	return n != 0 || err != nil && err != unix.EINTR
}

// awaitFd waits until a file descriptor is ready, ctx is done, or wake is
// called for it.
func awaitFd(ctx context.Context, fd int, events int16, w *waiters) error {
	var pipe [2]int
	if err := unix.Pipe2(pipe[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return err
	}
	var once sync.Mutex
	open := true
	end := func() { // it may come after the wait, when the pipe is closed
		once.Lock()
		defer once.Unlock()
		if open {
			_, _ = unix.Write(pipe[1], []byte{0})
		}
	}
	defer func() {
		once.Lock()
		defer once.Unlock()
		open = false
		_ = unix.Close(pipe[0])
		_ = unix.Close(pipe[1])
	}()
	defer context.AfterFunc(ctx, end)()
	defer w.add(end)()
	for {
		fds := []unix.PollFd{{Fd: int32(fd), Events: events}, {Fd: int32(pipe[0]), Events: unix.POLLIN}}
		if _, err := unix.Poll(fds, -1); err != unix.EINTR {
			return ctx.Err()
		}
	}
}

// waiters are those who wait for a file that somebody else may close.
type waiters struct {
	mu  sync.Mutex
	all map[int]func()
	n   int
}

func (w *waiters) add(wake func()) (remove func()) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[int]func(){}
	}
	w.n++
	n := w.n
	w.all[n] = wake
	return func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all, n)
	}
}

// wake ends all waits.
func (w *waiters) wake() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, wake := range w.all {
		wake()
	}
}

// await lets others use the interpreter until wait is over, and raises an error
// when the script was interrupted meanwhile.
func (env *Env) await(L *lua.LState, wait func(ctx context.Context) error) error {
	err := env.Wait(L, wait)
	env.Check(L)
	return err
}
