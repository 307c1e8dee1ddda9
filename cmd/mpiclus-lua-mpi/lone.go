package main

import (
	"context"
	"io"
	"log/slog"
	"os"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
)

// A rank that is alone on its machine has no neighbour there. The rank after it
// keeps a connection to it, over which nothing is said: the system closes it when
// the process ends. It is no more than that: a connection that breaks otherwise, or
// that a firewall does not let through, says nothing of the process.

// visitTime is how long a lone rank waits for the one that is to look after it.
const visitTime = time.Minute

// beSeen lets the rank after this one keep a connection to it, and returns how
// that one calls, "" where this process cannot be called.
func (w *watch) beSeen(size int, log *slog.Logger) string {
	l, err := link.Listen(link.ListenConfig{
		Version: version, Job: "watch", NoUnix: true, TCP: true, Interface: os.Getenv("MPICLUS_INTERFACE"), InvitedOnly: true, Log: log,
	})
	if err != nil {
		log.Debug("no other rank looks after this one", "err", err)
		return ""
	}
	late := time.AfterFunc(visitTime, func() { l.Close() })
	go func() {
		if visitor, _, err := l.Accept(); err == nil {
			w.visitor = visitor // kept until the process ends
		}
		late.Stop()
		l.Close()
	}()
	return l.Invite((w.rank+1)%size+1, visitTime).String()
}

// lookAfter returns when a lone rank has ended, or with an error when this one is
// to end or does not know.
func (w *watch) lookAfter(ctx context.Context, join link.Join) error {
	l, err := link.Dial(ctx, join, link.Hello{Role: "watch", Pid: w.rank + 1})
	if err != nil {
		return err
	}
	defer l.Close()
	defer context.AfterFunc(ctx, func() { l.Close() })()
	_, err = l.Receive()
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	if err == io.EOF || err == io.ErrUnexpectedEOF {
		return nil
	}
	return err
}

// loneBefore returns the rank before this one, if that is alone on its machine.
func loneBefore(rank int, places []launch.Place) (n launch.Neighbour, ok bool) {
	before := (rank + len(places) - 1) % len(places)
	if _, found := launch.NextHere(before, places); found || before == rank {
		return launch.Neighbour{}, false
	}
	return launch.Neighbour{Rank: before, Host: places[before].Host, Pid: places[before].Pid}, true
}
