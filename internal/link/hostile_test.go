package link

import (
	"errors"
	"io"
	"net"
	"os"
	"testing"
	"time"
)

func TestGarbage(t *testing.T) {
	greeting := func(head []byte) []byte { return encode(&Frame{Kind: kindGreeting, Head: head}) }
	for name, c := range map[string]struct {
		bytes []byte
		want  string // in the log, where TLS does not stop it before
	}{
		"http":      {[]byte("GET / HTTP/1.1\r\nHost: localhost\r\n\r\n"), "bad frame: it starts with"},
		"zeros":     {make([]byte, 1000), "bad frame: it starts with"},
		"oversized": {greeting(make([]byte, maxHandshake+1)), "head of 65537 bytes, at most 65536 are allowed"},
		"blobs":     {encode(&Frame{Kind: kindGreeting, Blobs: [][]byte{{1}}}), "1 blobs, at most 0 are allowed"},
		"kind":      {encode(&Frame{Kind: 99}), "message 99 of the handshake"},
		"empty":     {greeting(nil), "greeting of the handshake: cut off"},
		"control":   {greeting(appendField(nil, "\x1b[2J\n")), "worker is version ?[2J?"},
		"escapes":   {greeting(appendField(appendField(appendField(nil, "\x1b[2J"), ""), "")), "worker is version ?[2J"},
		"cut":       {greeting([]byte("abc"))[:20], "unexpected EOF"},
		"refusal":   {encode(&Frame{Kind: kindRefusal, Head: []byte("no\nway")}), "no?way"},
	} {
		t.Run(name, func(t *testing.T) {
			eachWay(t, func(t *testing.T, l *Listener, log *record) {
				want := c.want
				if l.Join().Unix == "" {
					want = "connection turned away"
				}
				conn := knock(t, l.Join())
				_, _ = conn.Write(c.bytes)
				if name == "cut" {
					_ = conn.Close()
				}
				log.waitFor(t, want)
				if name != "cut" { // the listener has closed it
					_ = conn.SetReadDeadline(time.Now().Add(hang / 2))
					if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
						t.Error("the connection is still open")
					}
				}
			})
		})
	}
}

// knock connects to a listener and says nothing.
func knock(t *testing.T, j Join) net.Conn {
	t.Helper()
	network, address := "unix", j.Unix
	if j.Unix == "" {
		network, address = "tcp", j.TCP[0]
	}
	conn, err := net.Dial(network, address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return conn
}

// stalls are connections that say the first bytes of something and no more.
var stalls = map[string]func(t *testing.T, j Join) io.ReadWriter{
	"silent": func(t *testing.T, j Join) io.ReadWriter { return knock(t, j) },
	"record": func(t *testing.T, j Join) io.ReadWriter { // of TLS; on a unix socket, of a frame
		conn := knock(t, j)
		begin := []byte{22, 3, 1, 2, 0, 1, 0, 1, 252, 3, 3}
		if j.Unix != "" {
			begin = encode(&Frame{Kind: kindGreeting})[:3]
		}
		_, _ = conn.Write(begin)
		return conn
	},
	"frame": func(t *testing.T, j Join) io.ReadWriter {
		conn := rawSession(t, j).conn
		_, _ = conn.Write(encode(&Frame{Kind: kindGreeting, Head: make([]byte, 100)})[:40])
		return conn
	},
}

// Connections that stall hold nobody up: eachWay dials behind them.
func TestStalledHello(t *testing.T) {
	for name, stall := range stalls {
		t.Run(name, func(t *testing.T) {
			eachWay(t, func(t *testing.T, l *Listener, _ *record) {
				for range 30 {
					stall(t, l.Join())
				}
			})
		})
	}
}

// Connections that stall are closed after their time, not before.
func TestStalledHelloEnds(t *testing.T) {
	for way, cfg := range ways {
		for name, stall := range stalls {
			t.Run(name+" "+way, func(t *testing.T) {
				limit(t)
				log := new(record)
				cfg.Log, cfg.HelloTime = log.logger(), 300*time.Millisecond
				if name == "frame" { // TLS is to be done by then
					cfg.HelloTime = 3 * time.Second
				}
				l := listen(t, cfg)
				begin := time.Now()
				_, _ = io.Copy(io.Discard, stall(t, l.Join())) // until it is closed
				if took := time.Since(begin); took < cfg.HelloTime {
					t.Errorf("turned away after %v", took)
				}
				log.waitFor(t, "no complete hello within "+cfg.HelloTime.String())
			})
		}
	}
}

// A byte now and then does not buy time.
func TestSlowLoris(t *testing.T) {
	limit(t)
	log := new(record)
	l := listen(t, ListenConfig{HelloTime: time.Second, Log: log.logger()})
	conn, err := net.Dial("unix", l.Join().Unix)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	for _, b := range encode(&Frame{Kind: kindGreeting, Head: make([]byte, 1000)}) {
		if _, err := conn.Write([]byte{b}); err != nil {
			break
		}
		time.Sleep(50 * time.Millisecond)
	}
	log.waitFor(t, "no complete hello within 1s")
}
