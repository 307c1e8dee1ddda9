package link

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"os"
	"time"
)

// turnedAway logs why a connection got no link.
func (l *Listener) turnedAway(from string, err error, after time.Duration) {
	if l.ctx.Err() != nil {
		return // this side closed it
	}
	level, reason := slog.LevelWarn, err
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded), errors.Is(err, context.DeadlineExceeded):
		reason = fmt.Errorf("no complete hello within %v", handshakeTime)
	case errors.Is(err, io.EOF):
		// A dialler that reached this listener on another address first.
		level, reason = slog.LevelDebug, errors.New("closed without a hello")
	}
	l.log.Log(context.Background(), level, "connection turned away",
		"from", from, "reason", reason, "after", after.Round(time.Millisecond))
}

// remote names the far end of a connection; a unix socket's has no name.
func remote(conn net.Conn) string {
	if _, ok := conn.(*net.UnixConn); ok {
		return "unix " + conn.LocalAddr().String()
	}
	return conn.RemoteAddr().String()
}
