package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"sync"
	"syscall"
	"time"
)

// away tells the log which connections were turned away: of each kind of
// reason the first one, and then from time to time how many more there were.
type away struct {
	log      *slog.Logger
	patience time.Duration // of the listener, for messages

	mu    sync.Mutex
	kinds map[string]*turnedAway
}

type turnedAway struct {
	more  int // since the last line
	last  string
	timer *time.Timer
}

// awayEvery is the time between two lines of one kind.
const awayEvery = 30 * time.Second

func newAway(log *slog.Logger, patience time.Duration) *away {
	return &away{log: log, patience: patience, kinds: map[string]*turnedAway{}}
}

// errCrowded is the reason of a newcomer that had to make room.
var errCrowded = errors.New("no complete hello while others waited")

// note tells why a connection got no link.
func (a *away) note(n *newcomer, err error) {
	if errors.Is(err, io.EOF) || errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) {
		// A dialler that reached this listener on another address first.
		a.log.Debug("connection turned away", "from", n.from, "reason", "closed without a hello")
		return
	}
	kind, reason := a.reason(n, err)
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.kinds[kind]
	if k == nil {
		a.kinds[kind] = &turnedAway{timer: time.AfterFunc(awayEvery, func() { a.tell(kind) })}
		a.log.Log(context.Background(), slog.LevelWarn, "connection turned away",
			"from", n.from, "reason", reason, "after", time.Since(n.came).Round(time.Millisecond))
		return
	}
	k.more++
	k.last = n.from
}

// reason returns what to say, and of which kind it is: strangers choose the
// text, but not the number of kinds.
func (a *away) reason(n *newcomer, err error) (kind string, reason error) {
	var version *VersionError
	var frame *ProtocolError
	var refused *RefusedError
	var record tls.RecordHeaderError
	switch {
	case n.crowded.Load():
		return "crowded", errCrowded
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		return "slow", fmt.Errorf("no complete hello within %v", a.patience)
	case errors.Is(err, ErrSecret):
		return "secret", err
	case errors.Is(err, errUsed):
		return "used", err
	case errors.As(err, &version):
		return "version", err
	case errors.As(err, &frame):
		return "frame", err
	case errors.As(err, &refused):
		return "refused", err
	case errors.As(err, &record):
		return "tls", err
	}
	return "other", err
}

// tell says how many more there were, and forgets a kind of which there were
// none.
func (a *away) tell(kind string) {
	a.mu.Lock()
	defer a.mu.Unlock()
	k := a.kinds[kind]
	if k == nil {
		return
	}
	if k.more == 0 {
		delete(a.kinds, kind)
		return
	}
	a.say(k)
	k.more = 0
	k.timer.Reset(awayEvery)
}

func (a *away) say(k *turnedAway) {
	a.log.Warn("more connections turned away for that reason", "number", k.more, "last from", k.last)
}

// end tells what was not told yet.
func (a *away) end() {
	a.mu.Lock()
	defer a.mu.Unlock()
	for kind, k := range a.kinds {
		k.timer.Stop()
		if k.more > 0 {
			a.say(k)
		}
		delete(a.kinds, kind)
	}
}
