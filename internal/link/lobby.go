package link

import (
	"context"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// newcomer is a connection that has yet to prove itself.
type newcomer struct {
	raw     net.Conn // as it was accepted
	conn    net.Conn // the same, within TLS where there is TLS; the handshake's alone
	came    time.Time
	crowded atomic.Bool // it had to make room for others
	from    string      // for the log
	name    string      // of the link that it may become
	binding []byte      // see session
}

// lobby holds the connections that have not proved themselves. There is room
// for few, whatever the number of callers: who does not get in waits in the
// system's queue, and one that takes its time makes room for the next.
type lobby struct {
	room chan struct{} // a token for each that may come in

	mu   sync.Mutex
	here []*newcomer // in the order in which they came
}

const (
	lobbyRoom  = 64                     // at most; on a process with few descriptors, fewer
	lobbyShare = 8                      // the part of the descriptors that strangers may take: an eighth
	lobbyGrace = 300 * time.Millisecond // how long one stays while others wait; a dialler of ours that is too slow tries again
)

func newLobby() *lobby {
	n := lobbyRoom
	var limit syscall.Rlimit
	if syscall.Getrlimit(syscall.RLIMIT_NOFILE, &limit) == nil {
		n = int(min(uint64(n), max(limit.Cur/lobbyShare, 2)))
	}
	return &lobby{room: make(chan struct{}, n)}
}

// wait returns when there is room for one more, or false when ctx ends.
func (y *lobby) wait(ctx context.Context) bool {
	select {
	case y.room <- struct{}{}:
		return true
	default:
	}
	for {
		timer := time.NewTimer(y.makeRoom(time.Now()))
		select {
		case y.room <- struct{}{}:
			timer.Stop()
			return true
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return false
		}
	}
}

// makeRoom turns the first comer away when it has been here for long, and
// tells when to look again.
func (y *lobby) makeRoom(now time.Time) time.Duration {
	y.mu.Lock()
	defer y.mu.Unlock()
	if len(y.here) == 0 {
		return lobbyGrace
	}
	first := y.here[0]
	if left := lobbyGrace - now.Sub(first.came); left > 0 {
		return left
	}
	first.crowded.Store(true)
	_ = first.raw.Close() // its handshake ends, and with that it leaves
	y.here = y.here[1:]
	return time.Millisecond
}

// enter notes a newcomer, for whom wait made room.
func (y *lobby) enter(conn net.Conn) *newcomer {
	n := &newcomer{raw: conn, conn: conn, came: time.Now(), from: conn.RemoteAddr().String()}
	y.mu.Lock()
	defer y.mu.Unlock()
	y.here = append(y.here, n)
	return n
}

// keep says that a newcomer has proved itself: from now on it makes room for
// nobody. It reports false when the newcomer was turned away before that.
func (y *lobby) keep(n *newcomer) bool {
	y.mu.Lock()
	defer y.mu.Unlock()
	y.here = slices.DeleteFunc(y.here, func(other *newcomer) bool { return other == n })
	return !n.crowded.Load()
}

// leave notes that a newcomer is a link now, or gone.
func (y *lobby) leave(n *newcomer) {
	y.keep(n)
	<-y.room
}
