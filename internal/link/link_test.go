package link

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"sync"
	"testing"
	"time"
	"unsafe"
)

// kinds of links under test: each gives two connected ends.
var kinds = map[string]func(testing.TB) (Link, Link){
	"pipe": func(testing.TB) (Link, Link) { return Pipe() },
	"unix": func(t testing.TB) (Link, Link) { return connect(t, ListenConfig{}) },
	"tls":  func(t testing.TB) (Link, Link) { return connect(t, ListenConfig{NoUnix: true, TCP: true}) },
}

// connect makes a real link: the listening end, then the dialling one.
func connect(t testing.TB, cfg ListenConfig) (Link, Link) {
	t.Helper()
	l := listen(t, cfg)
	far := make(chan Link)
	go func() {
		link, _, err := l.Accept()
		if err != nil {
			t.Error(err)
		}
		far <- link
	}()
	near, err := Dial(t.Context(), l.Join(), Hello{Role: "worker"})
	if err != nil {
		t.Fatal(err)
	}
	server := <-far
	t.Cleanup(func() { _, _ = near.Close(), server.Close() })
	return server, near
}

func listen(t testing.TB, cfg ListenConfig) *Listener {
	t.Helper()
	if cfg.Log == nil {
		cfg.Log = slog.New(slog.DiscardHandler)
	}
	l, err := Listen(cfg)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = l.Close() })
	return l
}

// eachKind runs a test on every kind of link, with a time limit.
func eachKind(t *testing.T, test func(t *testing.T, a, b Link)) {
	for name, makeLinks := range kinds {
		t.Run(name, func(t *testing.T) {
			limit(t)
			a, b := makeLinks(t)
			test(t, a, b)
			_, _ = a.Close(), b.Close()
		})
	}
}

// hang is how long a test may take before it counts as one that hangs,
// however busy the machine is.
const hang = 3 * time.Minute

// limit ends the test binary when a test hangs, with all stacks.
func limit(t testing.TB) {
	timer := time.AfterFunc(hang, func() { panic(t.Name() + " hangs") })
	t.Cleanup(func() { timer.Stop() })
}

// noise returns n bytes that depend on seed.
func noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	var key [32]byte
	key[0], key[1] = byte(seed), byte(seed>>8)
	_, _ = rand.NewChaCha8(key).Read(b)
	return b
}

// shapes are the frames that every link must carry; the seeds of the fuzzer too.
func shapes() map[string]*Frame {
	many := make([][]byte, 5000)
	for i := range many {
		many[i] = noise(uint64(i), i%37)
	}
	mixed := [][]byte{noise(1, 5000), noise(2, 3), nil, noise(3, 70_000), noise(4, copyLimit), noise(5, copyLimit+1), noise(6, 17)}
	vector := make([][]byte, 3*maxVector)
	for i := range vector {
		vector[i] = noise(uint64(i), copyLimit+1)
	}
	return map[string]*Frame{
		"empty":           {},
		"head":            {Kind: 255, ID: 1<<64 - 1, Head: []byte("head")},
		"one byte":        {Kind: 1, Blobs: [][]byte{{7}}},
		"empty blobs":     {Kind: 2, ID: 3, Blobs: [][]byte{nil, {}, nil}},
		"large head":      {Kind: 3, Head: noise(1, 5<<20)},
		"buffer sized":    {Kind: 4, Head: noise(2, writeBuffer-headerSize)},
		"buffer and more": {Kind: 4, Head: noise(2, writeBuffer)},
		"large blob":      {Kind: 5, Head: []byte("x"), Blobs: [][]byte{noise(3, 9<<20+3)}},
		"many blobs":      {Kind: 6, Head: []byte("many"), Blobs: many},
		"mixed":           {Kind: 7, ID: 1 << 40, Head: noise(4, 6000), Blobs: mixed},
		"long vector":     {Kind: 8, Blobs: vector},
		"most blobs":      {Kind: 9, Blobs: make([][]byte, MaxBlobs)},
	}
}

func equalFrames(a, b *Frame) error {
	if a.Kind != b.Kind || a.ID != b.ID || !bytes.Equal(a.Head, b.Head) || len(a.Blobs) != len(b.Blobs) {
		return fmt.Errorf("kind %d id %d, %d bytes of head, %d blobs; want kind %d id %d, %d bytes, %d blobs",
			a.Kind, a.ID, len(a.Head), len(a.Blobs), b.Kind, b.ID, len(b.Head), len(b.Blobs))
	}
	for i := range a.Blobs {
		if !bytes.Equal(a.Blobs[i], b.Blobs[i]) {
			return fmt.Errorf("blob %d of %d bytes differs from one of %d bytes", i, len(a.Blobs[i]), len(b.Blobs[i]))
		}
	}
	return nil
}

func TestShapesArrive(t *testing.T) {
	eachKind(t, func(t *testing.T, a, b Link) {
		for name, want := range shapes() {
			for _, way := range [][2]Link{{a, b}, {b, a}} {
				sent := make(chan error, 1)
				go func() { sent <- way[0].Send(want) }()
				got, err := way[1].Receive()
				if err != nil {
					t.Fatal(name, err)
				}
				if err := <-sent; err != nil {
					t.Fatal(name, err)
				}
				if err := equalFrames(got, want); err != nil {
					t.Error(name, err)
				}
				for i, blob := range got.Blobs {
					if len(blob) > 0 && uintptr(unsafe.Pointer(&blob[0]))%16 != 0 {
						t.Fatalf("%s: blob %d of %d bytes is not aligned", name, i, len(blob))
					}
				}
			}
		}
	})
}

// The sender may change its memory after Send, the receiver owns what it got.
func TestMemoryIsNotShared(t *testing.T) {
	eachKind(t, func(t *testing.T, a, b Link) {
		f := &Frame{Head: []byte("head"), Blobs: [][]byte{noise(1, 10), noise(2, 100<<10)}}
		want := &Frame{Head: []byte("head"), Blobs: [][]byte{noise(1, 10), noise(2, 100<<10)}}
		var got [2]*Frame
		for i := range got {
			received := make(chan struct{})
			go func() { got[i], _ = b.Receive(); close(received) }()
			if err := a.Send(f); err != nil {
				t.Fatal(err)
			}
			if i == 1 {
				clear(f.Head)
				clear(f.Blobs[0])
				clear(f.Blobs[1])
			}
			<-received
		}
		clear(got[0].Head[:cap(got[0].Head)])
		clear(got[0].Blobs[0][:cap(got[0].Blobs[0])])
		if err := equalFrames(got[1], want); err != nil {
			t.Error(err)
		}
	})
}

func TestConcurrentSenders(t *testing.T) {
	const senders, each = 8, 40
	eachKind(t, func(t *testing.T, a, b Link) {
		var group sync.WaitGroup
		for s := range senders {
			group.Go(func() {
				for i := range each {
					n := []int{0, 10, 5000, 200_000}[i%4]
					f := &Frame{Kind: byte(s), ID: uint64(i), Head: noise(uint64(s), n%9000), Blobs: [][]byte{noise(uint64(i), n)}}
					if err := a.Send(f); err != nil {
						t.Error(err)
						return
					}
				}
			})
		}
		var next [senders]uint64
		for range senders * each {
			f, err := b.Receive()
			if err != nil {
				t.Fatal(err)
			}
			if f.ID != next[f.Kind] {
				t.Fatalf("sender %d: frame %d where %d is due", f.Kind, f.ID, next[f.Kind])
			}
			next[f.Kind]++
			if !bytes.Equal(f.Blobs[0], noise(f.ID, len(f.Blobs[0]))) {
				t.Fatalf("sender %d frame %d is garbled", f.Kind, f.ID)
			}
		}
		group.Wait()
	})
}

func TestCloseUnblocks(t *testing.T) {
	eachKind(t, func(t *testing.T, a, b Link) {
		received, sent := make(chan error, 1), make(chan error, 1)
		go func() { _, err := a.Receive(); received <- err }()
		go func() { // fills what the connection holds, then waits
			for {
				if err := a.Send(&Frame{Blobs: [][]byte{make([]byte, 1<<20)}}); err != nil {
					sent <- err
					return
				}
			}
		}()
		time.Sleep(50 * time.Millisecond)
		if err := a.Close(); err != nil {
			t.Error(err)
		}
		for name, c := range map[string]chan error{"Receive": received, "Send": sent} {
			if err := <-c; !errors.Is(err, ErrClosed) {
				t.Errorf("%s: %v, want ErrClosed", name, err)
			}
		}
		if err := a.Close(); err != nil {
			t.Error("second Close:", err)
		}
	})
}

func TestPeerCloses(t *testing.T) {
	eachKind(t, func(t *testing.T, a, b Link) {
		if err := a.Send(&Frame{Head: []byte("last words")}); err != nil {
			t.Fatal(err)
		}
		if err := a.Close(); err != nil {
			t.Fatal(err)
		}
		if f, err := b.Receive(); err != nil || string(f.Head) != "last words" {
			t.Fatal("last words:", err)
		}
		for range 2 {
			if _, err := b.Receive(); err != io.EOF {
				t.Errorf("Receive: %v, want io.EOF", err)
			}
		}
		if err := b.Send(&Frame{}); !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Errorf("Send: %v, want io.ErrUnexpectedEOF", err)
		}
		if err := b.Close(); err != nil {
			t.Error(err)
		}
		if err := b.Send(&Frame{}); !errors.Is(err, ErrClosed) {
			t.Errorf("Send after Close: %v", err)
		}
	})
}

// A peer that dies while this side sends must not cost its last frames.
func TestLastWordsAfterFailedSend(t *testing.T) {
	eachKind(t, func(t *testing.T, a, b Link) {
		_ = a.Send(&Frame{Head: []byte("last words")})
		_ = a.Close()
		var err error
		for err == nil {
			err = b.Send(&Frame{Head: make([]byte, 1000)})
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			t.Error(err)
		}
		if f, err := b.Receive(); err != nil || string(f.Head) != "last words" {
			t.Error("last words are lost:", err)
		}
	})
}

func TestSendRefusesWhatIsTooLarge(t *testing.T) {
	eachKind(t, func(t *testing.T, a, b Link) {
		var violation *ProtocolError
		if err := a.Send(&Frame{Blobs: make([][]byte, MaxBlobs+1)}); !errors.As(err, &violation) {
			t.Errorf("too many blobs: %v", err)
		}
		go func() { _ = a.Send(&Frame{ID: 5}) }()
		if f, err := b.Receive(); err != nil || f.ID != 5 {
			t.Error("the link does not survive:", err)
		}
	})
}

func TestDialCancelled(t *testing.T) {
	l := listen(t, ListenConfig{})
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Dial(ctx, l.Join(), Hello{}); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
}
