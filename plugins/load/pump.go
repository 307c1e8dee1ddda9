package load

import (
	"os"
	"sync"
	"syscall"
	"time"
)

// pump passes on what a plugin writes to a pipe, as it comes. settle has
// passed on all that was written before it was called.
type pump struct {
	from *os.File
	to   *lineWriter
	conn syscall.RawConn
	done chan struct{} // closed at the end of the pipe

	mu     sync.Mutex
	buffer [4096]byte
}

func startPump(from *os.File, to *lineWriter) (*pump, error) {
	conn, err := from.SyscallConn()
	if err != nil {
		return nil, err
	}
	p := &pump{from: from, to: to, conn: conn, done: make(chan struct{})}
	go func() {
		defer close(p.done)
		_ = p.conn.Read(func(fd uintptr) bool { return p.take(int(fd)) })
		p.to.flush()
	}()
	return p, nil
}

// take passes on what is there; it tells whether the pipe is at its end.
func (p *pump) take(fd int) (over bool) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		n, err := syscall.Read(fd, p.buffer[:])
		switch {
		case err == syscall.EINTR:
		case err == syscall.EAGAIN:
			return false
		case err != nil || n == 0:
			return true
		default:
			_, _ = p.to.Write(p.buffer[:n])
		}
	}
}

func (p *pump) settle() { _ = p.conn.Control(func(fd uintptr) { p.take(int(fd)) }) }

// stop ends the pump, at the latest after a while: a process that the plugin
// left behind may hold the pipe open.
func (p *pump) stop() {
	select {
	case <-p.done:
	case <-time.After(drainTime):
	}
	p.from.Close()
	<-p.done
}
