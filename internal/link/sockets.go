package link

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// maxUnixPath is what sockaddr_un holds besides the closing zero (unix(7)).
const maxUnixPath = 107

// listenUnix makes a folder that only this user can enter and a socket in it.
func listenUnix(dir string) (socket net.Listener, folder string, err error) {
	var failed []error
	for _, base := range []string{dir, os.Getenv("XDG_RUNTIME_DIR"), os.TempDir(), "/tmp"} {
		if base == "" {
			continue
		}
		socket, folder, err := listenUnixIn(base)
		if err == nil {
			return socket, folder, nil
		}
		failed = append(failed, err)
	}
	return nil, "", fmt.Errorf("no folder for a unix socket (set TMPDIR to a short path that you can write to): %w", errors.Join(failed...))
}

func listenUnixIn(base string) (net.Listener, string, error) {
	folder, err := os.MkdirTemp(base, "mpiclus-") // mode 0700
	if err != nil {
		return nil, "", err
	}
	path := filepath.Join(folder, "s")
	if len(path) > maxUnixPath {
		_ = os.Remove(folder)
		return nil, "", fmt.Errorf("%s: %d characters, a socket's path has at most %d", path, len(path), maxUnixPath)
	}
	socket, err := net.Listen("unix", path)
	if err != nil {
		_ = os.Remove(folder)
		return nil, "", err
	}
	return socket, folder, nil
}

// listenTCP opens one port on all interfaces or on the one asked for, and
// gives the addresses under which others may reach it.
func listenTCP(iface string) ([]net.Listener, []string, error) {
	hosts, err := Addresses(iface)
	if err != nil {
		return nil, nil, err
	}
	bind := []string{""}
	if iface != "" {
		bind = hosts
	}
	var sockets []net.Listener
	var advertised []string
	for _, host := range bind {
		socket, err := net.Listen("tcp", net.JoinHostPort(host, "0"))
		if err != nil {
			return sockets, nil, err
		}
		sockets = append(sockets, socket)
		port := strconv.Itoa(socket.Addr().(*net.TCPAddr).Port)
		if iface != "" {
			advertised = append(advertised, net.JoinHostPort(host, port))
			continue
		}
		for _, host := range hosts {
			advertised = append(advertised, net.JoinHostPort(host, port))
		}
	}
	return sockets, advertised, nil
}

// secureTCP runs the TLS handshake and returns the connection with what binds
// proofs to it.
func secureTCP(ctx context.Context, raw *net.TCPConn, over func(net.Conn) *tls.Conn, deadline time.Time) (net.Conn, []byte, error) {
	if err := tuneTCP(raw); err != nil {
		return nil, nil, err
	}
	conn := over(raw)
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	if err := conn.HandshakeContext(ctx); err != nil {
		return nil, nil, err
	}
	binding, err := bindingOf(conn)
	if err != nil {
		return nil, nil, err
	}
	return &tlsConn{conn}, binding, nil
}

// tlsConn closes at once: crypto/tls would wait up to 5 s to tell the peer,
// who learns the same from the end of the TCP connection.
type tlsConn struct{ *tls.Conn }

func (c *tlsConn) Close() error { return c.NetConn().Close() }

func (c *tlsConn) unanswered() (bool, time.Duration) {
	return unanswered(c.NetConn().(*net.TCPConn))
}
