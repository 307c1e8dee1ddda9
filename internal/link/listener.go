package link

import (
	"context"
	"crypto/tls"
	"errors"
	"log/slog"
	"net"
	"os"
	"sync"
	"sync/atomic"
	"time"
)

// Listener lets processes of one job in.
type Listener struct {
	join        Join
	invitedOnly bool
	invited     invitations
	lobby       *lobby
	away        *away
	log         *slog.Logger
	patience    time.Duration
	tls         *tls.Config
	folder      string
	sockets     []net.Listener

	links   chan admitted
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	running sync.WaitGroup
	once    sync.Once
	shut    atomic.Bool
	err     error
}

type admitted struct {
	link  *stream
	hello Hello
}

// invitations are the ways in that are good for one process, once.
type invitations struct {
	mu   sync.Mutex
	last uint64
	open map[uint64]*invitation
}

// invitation is a secret for one link.
type invitation struct {
	secret []byte
	pid    int // who may use it
	until  time.Time
}

// Join returns what a process needs to dial this listener.
func (l *Listener) Join() Join { return l.join }

// Accept waits for the next process that proved to be of this job. After Close
// the error is ErrClosed; there is no other.
func (l *Listener) Accept() (Link, Hello, error) {
	select {
	case a := <-l.links:
		return a.link, a.hello, nil
	case <-l.ctx.Done():
		return nil, Hello{}, ErrClosed
	}
}

// Close ends listening, drops connections that Accept did not give out yet,
// and removes the socket's folder. Links that were given out stay.
func (l *Listener) Close() error {
	l.once.Do(func() {
		l.cancel()
		for _, s := range l.sockets {
			if err := s.Close(); !errors.Is(err, net.ErrClosed) { // else Shut was first
				l.err = errors.Join(l.err, err)
			}
		}
		l.running.Wait()
		l.away.end()
		if l.folder != "" {
			l.err = errors.Join(l.err, os.RemoveAll(l.folder))
		}
	})
	return l.err
}

// Shut ends the listening: nobody can call any more. Who is at the handshake may
// end it, and is given out by Accept. Close must follow.
func (l *Listener) Shut() {
	l.shut.Store(true)
	for _, s := range l.sockets {
		_ = s.Close()
	}
}
