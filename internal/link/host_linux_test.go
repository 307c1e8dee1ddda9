package link

import (
	"context"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// echoAt makes the test binary a peer on another host: it dials and echoes.
const echoAt = "MPICLUS_TEST_ECHO"

func echoFromOtherHost() {
	join, err := ParseJoin(os.Getenv(echoAt))
	if err != nil {
		panic(err)
	}
	link, err := Dial(context.Background(), join, Hello{Role: "worker"})
	if err != nil {
		panic(err)
	}
	for {
		f, err := link.Receive()
		if err != nil || link.Send(f) != nil {
			return
		}
	}
}

// otherHost makes a network namespace joined to this one by a cable; pull
// takes the cable away.
func otherHost(t *testing.T, n int) (name, here string, pull func()) {
	t.Helper()
	if os.Getenv("MPICLUS_TEST_HOSTS") == "" || os.Geteuid() != 0 {
		t.Skip("makes a network namespace and waits for time-outs: set MPICLUS_TEST_HOSTS=1, as root")
	}
	name = fmt.Sprintf("mpiclus-link-%d-%d", os.Getpid(), n)
	cable, here, there := fmt.Sprintf("mcl%d", n), fmt.Sprintf("10.78.%d.1", n), fmt.Sprintf("10.78.%d.2", n)
	ip := func(args string) {
		if out, err := exec.Command("ip", strings.Fields(args)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %s", args, out)
		}
	}
	ip("netns add " + name)
	t.Cleanup(func() { ip("netns del " + name) })
	ip("link add " + cable + " type veth peer name far netns " + name)
	ip("addr add " + here + "/24 dev " + cable)
	ip("link set " + cable + " up")
	ip("-n " + name + " addr add " + there + "/24 dev far")
	ip("-n " + name + " link set far up")
	return name, here, func() { ip("-n " + name + " link set far down") }
}

// A host that vanishes without a word is noticed in bounded time, whether this
// side waits, sends, or has sent.
func TestDeadHost(t *testing.T) {
	for i, c := range []struct {
		name string
		send func(l Link)
	}{
		{"idle", func(Link) {}},
		{"sent once", func(l Link) { _ = l.Send(&Frame{}) }},
		{"sending", func(l Link) {
			for l.Send(&Frame{Blobs: [][]byte{make([]byte, 1<<20)}}) == nil {
			}
		}},
	} {
		t.Run(c.name, func(t *testing.T) {
			host, here, pull := otherHost(t, i+1)
			limit(t)
			l := listen(t, ListenConfig{NoUnix: true, TCP: true, Interface: here})
			peer := exec.Command("ip", "netns", "exec", host, "/proc/self/exe")
			exe, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			peer.Args[4], peer.Env, peer.Stderr = exe, append(os.Environ(), echoAt+"="+l.Join().String()), os.Stderr
			if err := peer.Start(); err != nil {
				t.Fatal(err)
			}
			defer func() { _ = peer.Process.Kill(); _ = peer.Wait() }()
			link, _, err := l.Accept()
			if err != nil {
				t.Fatal(err)
			}
			defer link.Close()
			if err := link.Send(&Frame{}); err != nil {
				t.Fatal(err)
			}
			if _, err := link.Receive(); err != nil {
				t.Fatal(err)
			}
			pull()
			start := time.Now()
			go c.send(link)
			for err == nil {
				_, err = link.Receive()
			}
			took := time.Since(start)
			t.Logf("noticed after %v: %v", took.Round(time.Millisecond), err)
			if took > deadHost+3*time.Second || err == io.EOF {
				t.Errorf("after %v: %v", took, err)
			}
		})
	}
}

// The kernel has the settings that the time-outs rest on.
func TestTCPSettings(t *testing.T) {
	limit(t)
	near, far := kinds["tls"](t)
	for _, l := range []Link{near, far} {
		raw, err := l.(*stream).conn.(*tlsConn).NetConn().(*net.TCPConn).SyscallConn()
		if err != nil {
			t.Fatal(err)
		}
		for name, c := range map[string]struct{ level, option, want int }{
			"TCP_NODELAY":      {unix.IPPROTO_TCP, unix.TCP_NODELAY, 1},
			"SO_KEEPALIVE":     {unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1},
			"TCP_KEEPIDLE":     {unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 4},
			"TCP_KEEPINTVL":    {unix.IPPROTO_TCP, unix.TCP_KEEPINTVL, 2},
			"TCP_KEEPCNT":      {unix.IPPROTO_TCP, unix.TCP_KEEPCNT, 3},
			"TCP_USER_TIMEOUT": {unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 0}, // see watch
		} {
			_ = raw.Control(func(fd uintptr) {
				if got, err := unix.GetsockoptInt(int(fd), c.level, c.option); err != nil || got != c.want {
					t.Errorf("%s is %d (%v), want %d", name, got, err, c.want)
				}
			})
		}
	}
}

// A peer that lives but does not read, in a debugger or at work, is waited for.
func TestPeerThatDoesNotRead(t *testing.T) {
	if os.Getenv("MPICLUS_TEST_HOSTS") == "" {
		t.Skip("takes longer than a dead host's time-out: set MPICLUS_TEST_HOSTS=1")
	}
	limit(t)
	a, b := kinds["tls"](t)
	sent := make(chan error, 1)
	go func() { sent <- a.Send(&Frame{Blobs: [][]byte{make([]byte, 64<<20)}}) }()
	select {
	case err := <-sent:
		t.Fatal("Send ended:", err)
	case <-time.After(deadHost + 5*time.Second):
	}
	if _, err := b.Receive(); err != nil {
		t.Error(err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
}
