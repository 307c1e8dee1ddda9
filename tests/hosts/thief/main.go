// Command thief sits on the network between hosts, as tests/hosts/run makes
// one: it keeps all TCP streams that pass, looks in them for what lets a
// process into a job, and tries it at once: a Join that it can read, and for
// each connection to this software (TLS; MPI's own are not) all that its
// client sent, again. When it is told to end it prints what came of it:
//
//	streams=12 bytes=123456 joins=0 letin=0 kept=0 tls=4 replayed=4 answered=4
//
// letin counts the connections in which a Join that it had read was the right
// one, kept those of them that were still open a second later: the master
// closes one at once that comes when all ranks are there.
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"net"
	"os"
	"os/signal"
	"regexp"
	"sync"
	"time"

	"golang.org/x/sys/unix"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/protocol"
)

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: thief ADDRESS READY: its own address, whose traffic it leaves out, and a file to make when it listens")
		os.Exit(2)
	}
	t := &thief{own: net.ParseIP(os.Args[1]).To4(), streams: map[flow]*stream{}, tried: map[string]bool{}}
	ctx, stop := signal.NotifyContext(context.Background(), unix.SIGTERM, unix.SIGINT)
	defer stop()
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW, 0x0300) // all protocols, in network order
	if err == nil {
		_ = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, 1<<26)
		err = os.WriteFile(os.Args[2], nil, 0o600)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "thief:", err)
		os.Exit(1)
	}
	go t.capture(fd)
	for ctx.Err() == nil {
		t.attack(ctx)
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	t.busy.Wait()
	t.mu.Lock()
	defer t.mu.Unlock()
	fmt.Printf("streams=%d bytes=%d joins=%d letin=%d kept=%d tls=%d replayed=%d answered=%d\n", len(t.streams), t.bytes, len(t.tried), t.letIn, t.kept, t.tls, t.replayed, t.answered)
}

type thief struct {
	own net.IP

	mu      sync.Mutex
	streams map[flow]*stream
	tried   map[string]bool // Joins, by their text
	busy    sync.WaitGroup
	bytes   int

	letIn, kept, tls, replayed, answered int
}

// flow names one direction of a TCP connection.
type flow struct {
	from, to         [4]byte
	fromPort, toPort uint16
}

// stream is what went one way, in order.
type stream struct {
	next     uint32
	text     []byte
	searched int // up to here no Join begins
	last     time.Time
	client   bool // it began the connection
	replayed bool
}

func (t *thief) capture(fd int) {
	packet := make([]byte, 1<<17)
	for {
		n, from, err := unix.Recvfrom(fd, packet, 0)
		if err != nil {
			return
		}
		// A bridge shows each packet as it comes in and as it goes out.
		if a, ok := from.(*unix.SockaddrLinklayer); ok && a.Pkttype != unix.PACKET_OUTGOING {
			t.take(packet[:n])
		}
	}
}

// take adds a packet to its stream.
func (t *thief) take(p []byte) {
	const ethernet = 14
	if len(p) < ethernet+20 || binary.BigEndian.Uint16(p[12:]) != 0x0800 || p[ethernet+9] != unix.IPPROTO_TCP {
		return
	}
	ip := p[ethernet:]
	if total := int(binary.BigEndian.Uint16(ip[2:])); total > 0 && total < len(ip) { // else padding, or a large one of virtual interfaces
		ip = ip[:total]
	}
	head := int(ip[0]&15) * 4
	if len(ip) < head+20 {
		return
	}
	tcp := ip[head:]
	f := flow{from: [4]byte(ip[12:16]), to: [4]byte(ip[16:20]), fromPort: binary.BigEndian.Uint16(tcp), toPort: binary.BigEndian.Uint16(tcp[2:])}
	offset := int(tcp[12]>>4) * 4
	if len(tcp) < offset || net.IP(f.from[:]).Equal(t.own) || net.IP(f.to[:]).Equal(t.own) {
		return
	}
	seq, flags, data := binary.BigEndian.Uint32(tcp[4:]), tcp[13], tcp[offset:]
	const fin, syn, ack = 1, 2, 16
	t.mu.Lock()
	defer t.mu.Unlock()
	s := t.streams[f]
	if flags&syn != 0 {
		if s == nil {
			t.streams[f] = &stream{next: seq + 1, client: flags&ack == 0}
		}
		return
	}
	if s == nil {
		return
	}
	if over := int32(s.next - seq); over > 0 && int(over) <= len(data) { // sent again
		data = data[over:]
	} else if over != 0 {
		return
	}
	s.next += uint32(len(data))
	if len(data) > 0 {
		s.text, s.last = append(s.text, data...), time.Now()
		t.bytes += len(data)
	}
}

// joinText is what a Join may begin with as text: its first byte is its format.
var joinText = regexp.MustCompile(`Ag[A-Za-z0-9_-]{60,}`)

// attack tries what has come since the last time.
func (t *thief) attack(ctx context.Context) {
	t.mu.Lock()
	defer t.mu.Unlock()
	for f, s := range t.streams {
		at := max(0, s.searched-4096)
		for _, m := range joinText.FindAllIndex(s.text[at:], -1) {
			if at+m[1] == len(s.text) && time.Since(s.last) < 100*time.Millisecond {
				continue // the rest is still on its way
			}
			text := string(s.text[at+m[0] : at+m[1]])
			if join, err := link.ParseJoin(text); err == nil && !t.tried[text] {
				t.tried[text] = true
				t.busy.Add(2)
				go t.join(ctx, join, protocol.RoleSupervisor)
				go t.join(ctx, join, protocol.RoleWorker)
			}
		}
		s.searched = len(s.text)
		// A client of ours begins with the ClientHello of TLS.
		if s.client && !s.replayed && len(s.text) > 5 && s.text[0] == 0x16 && s.text[1] == 3 && time.Since(s.last) > 50*time.Millisecond {
			s.replayed = true
			t.tls++
			t.busy.Add(1)
			go t.replay(f, append([]byte(nil), s.text...))
		}
	}
}

// join calls a master with its secret.
func (t *thief) join(ctx context.Context, join link.Join, role string) {
	defer t.busy.Done()
	ctx, cancel := context.WithTimeout(ctx, 3*time.Second)
	defer cancel()
	join.Unix = ""
	l, err := link.Dial(ctx, join, link.Hello{Version: join.Version, Role: role, Data: protocol.Encode(protocol.Presence{Supervisor: "thief", Host: "thief", Rank: 1, Size: 2})})
	if err != nil {
		fmt.Println("a secret that was read does not help:", err)
		return
	}
	defer l.Close()
	t.mu.Lock()
	t.letIn++
	t.mu.Unlock()
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		for {
			if _, err := l.Receive(); err != nil {
				return
			}
		}
	}()
	select {
	case <-ended:
	case <-time.After(time.Second):
		t.mu.Lock()
		t.kept++
		t.mu.Unlock()
	}
}

// replay says all again that a client has said.
func (t *thief) replay(f flow, text []byte) {
	defer t.busy.Done()
	conn, err := net.DialTimeout("tcp", fmt.Sprintf("%v:%d", net.IP(f.to[:]), f.toPort), time.Second)
	if err != nil {
		return // the door is shut
	}
	defer conn.Close()
	t.mu.Lock()
	t.replayed++
	t.mu.Unlock()
	_ = conn.SetDeadline(time.Now().Add(2 * time.Second))
	_, _ = conn.Write(text)
	var answer [4096]byte
	if n, _ := conn.Read(answer[:]); n > 0 {
		t.mu.Lock()
		t.answered++
		t.mu.Unlock()
	}
	for {
		if _, err := conn.Read(answer[:]); err != nil {
			return
		}
	}
}
