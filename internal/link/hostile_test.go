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
		"control":   {greeting(appendField(nil, "\x1b[2J\n")), "greeting of the handshake: cut off"},
		"escapes":   {greeting(appendField(appendField(appendField(nil, "\x1b[2J"), ""), "")), "worker is version ?[2J"},
		"cut":       {greeting([]byte("abc"))[:20], "unexpected EOF"},
		"refusal":   {encode(&Frame{Kind: kindRefusal, Head: []byte("no\nway")}), "no?way"},
	} {
		t.Run(name, func(t *testing.T) {
			eachWay(t, func(t *testing.T, l *Listener, log *record) {
				j := l.Join()
				network, address, want := "unix", j.Unix, c.want
				if j.Unix == "" {
					network, address, want = "tcp", j.TCP[0], "connection turned away"
				}
				conn, err := net.Dial(network, address)
				if err != nil {
					t.Fatal(err)
				}
				defer conn.Close()
				_, _ = conn.Write(c.bytes)
				if name == "cut" {
					_ = conn.Close()
				}
				log.waitFor(t, want)
				if name != "cut" { // the listener has closed it
					_ = conn.SetReadDeadline(time.Now().Add(10 * time.Second))
					if _, err := io.Copy(io.Discard, conn); errors.Is(err, os.ErrDeadlineExceeded) {
						t.Error("the connection is still open")
					}
				}
			})
		})
	}
}

// Silent connections must neither block others nor stay.
func TestSlowHello(t *testing.T) {
	eachWay(t, func(t *testing.T, l *Listener, log *record) {
		j := l.Join()
		network, address := "unix", j.Unix
		if j.Unix == "" {
			network, address = "tcp", j.TCP[0]
		}
		for range 50 {
			conn, err := net.Dial(network, address)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
		}
		start := time.Now()
		good, err := Dial(t.Context(), j, Hello{})
		if err != nil {
			t.Fatal(err)
		}
		_ = good.Close()
		if took := time.Since(start); took > 500*time.Millisecond {
			t.Errorf("a good process waited %v behind silent ones", took)
		}
		log.waitFor(t, "no complete hello within 1s")
		if took := time.Since(start); took < 800*time.Millisecond || took > 3*time.Second {
			t.Errorf("turned away after %v", took)
		}
	})
}

// A byte now and then does not buy time.
func TestSlowLoris(t *testing.T) {
	limit(t, 20*time.Second)
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
