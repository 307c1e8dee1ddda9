package link

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"os"
	"time"
)

// ListenConfig says where a listener is to be reached. The zero value listens
// on a unix socket, under a fresh secret.
type ListenConfig struct {
	Version   string        // of this software: a dialler of another one is refused
	Job       string        // name of the job, for messages
	Secret    []byte        // of the job; nil makes a fresh one
	Dir       string        // where to make the socket's folder; when it will not do, XDG_RUNTIME_DIR, the temporary folder, /tmp
	NoUnix    bool          // no unix socket
	TCP       bool          // listen on TCP as well
	Interface string        // address or name of the one interface for TCP; "" is all of them
	HelloTime time.Duration // a connection that has not proved itself by then is closed; 0 is 5 s
	// InvitedOnly lets in nobody but who has an invitation: see Invite.
	InvitedOnly bool
	Log         *slog.Logger // gets a line for each kind of connections that are turned away; nil is slog.Default()
}

// Listen opens the sockets and starts to take connections; Close ends that.
func Listen(cfg ListenConfig) (*Listener, error) {
	if cfg.NoUnix && !cfg.TCP {
		return nil, errors.New("listen: neither unix nor TCP is wanted")
	}
	host, err := os.Hostname()
	if err != nil {
		return nil, fmt.Errorf("listen: %w", err)
	}
	l := &Listener{
		log: cfg.Log, patience: cmp.Or(cfg.HelloTime, handshakeTime), links: make(chan admitted),
		lobby: newLobby(), invitedOnly: cfg.InvitedOnly,
	}
	l.join = Join{Version: cfg.Version, Job: cfg.Job, Secret: cfg.Secret, Host: host}
	if l.log == nil {
		l.log = slog.Default()
	}
	l.away = newAway(l.log, l.patience)
	if l.join.Secret == nil {
		l.join.Secret = nonce()
	}
	l.ctx, l.cancel = context.WithCancel(context.Background())
	if err := l.open(cfg); err != nil {
		_ = l.Close()
		return nil, fmt.Errorf("listen: %w", err)
	}
	for _, s := range l.sockets {
		l.running.Go(func() { l.serve(s) })
	}
	return l, nil
}

// open makes the sockets that cfg asks for.
func (l *Listener) open(cfg ListenConfig) error {
	if !cfg.NoUnix {
		socket, folder, err := listenUnix(cfg.Dir)
		if err != nil {
			return err
		}
		l.folder, l.join.Unix = folder, socket.Addr().String()
		l.sockets = append(l.sockets, socket)
	}
	if !cfg.TCP {
		return nil
	}
	cert, pin, err := newKey()
	if err != nil {
		return err
	}
	l.tls, l.join.Pin = serverTLS(cert), pin
	sockets, addresses, err := listenTCP(cfg.Interface)
	l.join.TCP = addresses
	l.sockets = append(l.sockets, sockets...)
	return err
}

// serve takes the connections of one socket until it is closed.
func (l *Listener) serve(socket net.Listener) {
	pause := time.Duration(0)
	for {
		conn, err := socket.Accept()
		if l.ctx.Err() != nil {
			if err == nil {
				_ = conn.Close()
			}
			return
		}
		if err != nil && l.shut.Load() {
			return
		}
		if err != nil { // out of file descriptors, most likely: it may pass
			pause = min(max(2*pause, 5*time.Millisecond), time.Second)
			l.log.Error("cannot accept connections", "on", socket.Addr().String(), "err", err, "again in", pause)
			select {
			case <-time.After(pause):
			case <-l.ctx.Done():
			}
			continue
		}
		pause = 0
		if !l.lobby.wait(l.ctx) {
			_ = conn.Close()
			return
		}
		n := l.lobby.enter(conn)
		l.running.Go(func() { l.handle(n) })
	}
}
