package ranks

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/job"
	"github.com/mpiclus/mpiclus-lua/internal/launch"
	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
	"github.com/mpiclus/mpiclus-lua/internal/rpc"
)

// tcpTransport carries the messages of TCP_TRANSPORT_ALL: over TCP with TLS
// between hosts, over unix sockets within one. Each rank gets an invitation of
// its own to call rank 0, over MPI and sealed.
type tcpTransport struct {
	rank     *Rank
	beyond   bool // the ranks are on several hosts
	keys     keyPair
	ranks    [][]byte       // public keys of all ranks
	folder   *launch.Folder // its own, where the job has none
	listener *link.Listener
}

// newSockets makes the transport of a rank, after the words of all.
func newSockets(r *Rank, words []word, keys keyPair) *tcpTransport {
	t := &tcpTransport{rank: r, keys: keys}
	for _, w := range words {
		t.beyond = t.beyond || w.Host != words[0].Host
		t.ranks = append(t.ranks, w.Key)
	}
	return t
}

// Open implements Transport.
func (t *tcpTransport) Open(ctx context.Context) ([]link.Link, error) {
	info := t.rank.cfg.Info()
	if info.Rank == 0 {
		return t.accept(ctx, info.Size)
	}
	text, err := t.rank.cfg.Share(nil)
	if err != nil {
		return nil, err
	}
	if len(text) == 0 {
		return nil, errors.New("rank 0 cannot listen")
	}
	opened, err := t.keys.open(text, info.Rank)
	if err != nil {
		return nil, err
	}
	join, err := link.ParseJoin(opened)
	if err != nil {
		return nil, err
	}
	l, err := link.Dial(ctx, join, link.Hello{
		Role: protocol.RoleWorker, Pid: info.Rank + 1, Data: protocol.Encode(protocol.Presence{Rank: info.Rank, Host: job.Hostname()}),
	})
	if err != nil {
		return nil, fmt.Errorf("cannot reach rank 0: %w", err)
	}
	links := make([]link.Link, info.Size)
	links[0] = l
	return links, nil
}

// accept listens and waits for all other ranks.
func (t *tcpTransport) accept(ctx context.Context, size int) ([]link.Link, error) {
	err := t.listen()
	var text []byte
	if err == nil {
		text, err = t.invite(ctx, size)
	}
	if _, shareErr := t.rank.cfg.Share(text); err == nil {
		err = shareErr
	}
	if err != nil {
		return nil, err
	}
	defer context.AfterFunc(ctx, func() { t.listener.Close() })()
	links := make([]link.Link, size)
	for missing := size - 1; missing > 0; {
		l, hello, err := t.listener.Accept()
		if err != nil {
			return nil, fmt.Errorf("%d ranks have not called: %w", missing, context.Cause(ctx))
		}
		var p protocol.Presence
		if err := protocol.Decode(hello.Data, &p); err != nil || p.Rank != hello.Pid-1 || p.Rank < 1 || p.Rank >= size || links[p.Rank] != nil {
			l.Close() // never one with an invitation, which is good once
			continue
		}
		links[p.Rank] = l
		missing--
	}
	return links, t.listener.Close()
}

// invite gives what rank 0 shares: how each of the others may call.
func (t *tcpTransport) invite(ctx context.Context, size int) ([]byte, error) {
	within := job.DefaultTimeout
	if deadline, ok := ctx.Deadline(); ok {
		within = time.Until(deadline)
	}
	texts := make([]string, size)
	for rank := 1; rank < size; rank++ {
		texts[rank] = t.listener.Invite(rank+1, within).String()
	}
	return t.keys.seal(texts, t.ranks)
}

// Connect implements Transport.
func (t *tcpTransport) Connect(ctx context.Context, pid rpc.Pid) (link.Link, error) {
	return t.rank.peers.Connect(ctx, pid)
}

func (t *tcpTransport) listen() (err error) {
	own := &t.rank.own
	dir := t.rank.cfg.Folder
	if dir == "" {
		if t.folder, err = launch.MakeFolder(0); err != nil {
			return err
		}
		dir = t.folder.Path
	}
	t.listener, err = link.Listen(link.ListenConfig{
		Version: own.Version, Job: dir, Dir: dir,
		TCP: t.beyond || own.Interface != "", Interface: own.Interface, InvitedOnly: true, Log: own.Log,
	})
	return err
}

// Close implements Transport.
func (t *tcpTransport) Close() error {
	t.rank.peers.Close()
	if t.listener != nil {
		t.listener.Close()
	}
	if t.folder != nil {
		return t.folder.Remove()
	}
	return nil
}
