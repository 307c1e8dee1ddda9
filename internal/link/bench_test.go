package link

import (
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"path/filepath"
	"testing"
	"time"
)

// Echoes over each kind of link, beside echoes over the bare connection below
// it: what frames cost is the difference. With large blobs most of that is the
// fresh memory that each received blob is, which the bare echo does without.

var echoSizes = []int{8, 64 << 10, 1 << 20, 8 << 20}

func BenchmarkEcho(b *testing.B) {
	for _, kind := range []string{"pipe", "unix", "tls"} {
		for _, size := range echoSizes {
			b.Run(fmt.Sprintf("%s/%d", kind, size), func(b *testing.B) {
				near, far := kinds[kind](b)
				go func() {
					for {
						f, err := far.Receive()
						if err != nil || far.Send(f) != nil {
							return
						}
					}
				}()
				f := &Frame{Kind: 1, Blobs: [][]byte{make([]byte, size)}}
				b.SetBytes(2 * int64(size))
				for b.Loop() {
					if err := near.Send(f); err != nil {
						b.Fatal(err)
					}
					if _, err := near.Receive(); err != nil {
						b.Fatal(err)
					}
				}
				_, _ = near.Close(), far.Close()
			})
		}
	}
}

func BenchmarkBareEcho(b *testing.B) {
	for _, kind := range []string{"unix", "tcp", "tls"} {
		for _, size := range echoSizes {
			b.Run(fmt.Sprintf("%s/%d", kind, size), func(b *testing.B) {
				near, far := bare(b, kind)
				go func() {
					p := make([]byte, size)
					for {
						if _, err := io.ReadFull(far, p); err != nil {
							return
						}
						if _, err := far.Write(p); err != nil {
							return
						}
					}
				}()
				p := make([]byte, size)
				b.SetBytes(2 * int64(size))
				for b.Loop() {
					if _, err := near.Write(p); err != nil {
						b.Fatal(err)
					}
					if _, err := io.ReadFull(near, p); err != nil {
						b.Fatal(err)
					}
				}
				_, _ = near.Close(), far.Close()
			})
		}
	}
}

// bare makes two ends of a plain connection.
func bare(b *testing.B, kind string) (net.Conn, net.Conn) {
	network, address := "tcp", "127.0.0.1:0"
	if kind == "unix" {
		network, address = "unix", filepath.Join(b.TempDir(), "s")
	}
	l, err := net.Listen(network, address)
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	near, err := net.Dial(network, l.Addr().String())
	if err != nil {
		b.Fatal(err)
	}
	far, err := l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	if kind == "tls" {
		cert, pin, err := newKey()
		if err != nil {
			b.Fatal(err)
		}
		near, far = tls.Client(near, clientTLS(pin)), tls.Server(far, serverTLS(cert))
	}
	return near, far
}

// BenchmarkJoin is the whole way to a link: connect, both handshakes, close.
func BenchmarkJoin(b *testing.B) {
	for name, cfg := range map[string]ListenConfig{"unix": {}, "tls": {NoUnix: true, TCP: true}} {
		b.Run(name, func(b *testing.B) {
			l := listen(b, cfg)
			go func() {
				for {
					link, _, err := l.Accept()
					if err != nil {
						return
					}
					_, _ = link.Receive()
					_ = link.Close()
				}
			}()
			for b.Loop() {
				link, err := Dial(b.Context(), l.Join(), Hello{})
				if err != nil {
					b.Fatal(err)
				}
				_ = link.Close()
			}
			time.Sleep(10 * time.Millisecond)
		})
	}
}
