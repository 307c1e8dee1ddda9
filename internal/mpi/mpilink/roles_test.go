package mpilink

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"github.com/mpiclus/mpiclus-lua/internal/link"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/mpi/table"
)

// noise returns n bytes that depend on a seed.
func noise(seed uint64, n int) []byte {
	b := make([]byte, n)
	var key [32]byte
	for i := range 8 {
		key[i] = byte(seed >> (8 * i))
	}
	_, _ = rand.NewChaCha8(key).Read(b)
	return b
}

// sample returns the nth frame that a rank sends to another: the sizes around
// every limit, alone and together.
func sample(from, to, n int) *link.Frame {
	sizes := []int{
		0, 1, 15, 16, 17, smallBlob - 1, smallBlob, smallBlob + 1, mpi.ShortMessage - headerSize - 1, mpi.ShortMessage,
		maxHeader - headerSize - 1, maxHeader, pieceBytes - 1, pieceBytes, pieceBytes + 1, 5*pieceBytes + 3,
	}
	seed := uint64(from*1000003 + to*1009 + n)
	r := rand.New(rand.NewPCG(seed, 7))
	f := &link.Frame{Kind: byte(n), ID: seed << 20, Head: noise(seed, sizes[r.IntN(11)])}
	for range r.IntN(4) {
		f.Blobs = append(f.Blobs, noise(seed+1, sizes[r.IntN(len(sizes))]))
	}
	if n%29 == 0 {
		for i := range 500 {
			f.Blobs = append(f.Blobs, noise(seed+2, i))
		}
	}
	return f
}

func same(a, b *link.Frame) error {
	switch {
	case a.Kind != b.Kind || a.ID != b.ID:
		return fmt.Errorf("kind %d id %d, want kind %d id %d", a.Kind, a.ID, b.Kind, b.ID)
	case !bytes.Equal(a.Head, b.Head):
		return fmt.Errorf("a head of %d bytes differs from one of %d", len(a.Head), len(b.Head))
	case !slices.EqualFunc(a.Blobs, b.Blobs, bytes.Equal):
		return fmt.Errorf("%d blobs differ from %d", len(a.Blobs), len(b.Blobs))
	}
	for i, blob := range a.Blobs {
		if len(blob) > 0 && uintptr(unsafe.Pointer(&blob[0]))%16 != 0 {
			return fmt.Errorf("blob %d is not aligned", i)
		}
	}
	return nil
}

// exchangeFrames: every rank sends 80 frames to every other, and checks what
// it gets, in order, from each.
func exchangeFrames(r *ranks) error {
	const count = 80
	var group sync.WaitGroup
	problems := make(chan error, 2*r.size)
	for to, l := range r.Links() {
		if l == nil {
			continue
		}
		group.Go(func() {
			for n := range count {
				f := sample(r.rank, to, n)
				if err := l.Send(f); err != nil {
					problems <- fmt.Errorf("to %d: %w", to, err)
					return
				}
				for _, b := range append(f.Blobs, f.Head) {
					clear(b) // Send is over: this must not reach the receiver
				}
			}
		})
		group.Go(func() {
			for n := range count {
				f, err := l.Receive()
				if err == nil {
					err = same(f, sample(to, r.rank, n))
				}
				if err != nil {
					problems <- fmt.Errorf("frame %d from %d: %w", n, to, err)
					return
				}
			}
		})
	}
	group.Wait()
	close(problems)
	for err := range problems {
		return err
	}
	if r.rank == 0 {
		fmt.Println("all frames are right")
	}
	return nil
}

// bothWays: two ranks send each other 100 MB at the same time, five times
// each, with small frames between.
func bothWays(r *ranks) error {
	l := r.Links()[1-r.rank]
	large := noise(uint64(r.rank), 100<<20)
	sent := make(chan error, 1)
	go func() {
		var err error
		for n := range 5 {
			err = errors.Join(err, l.Send(&link.Frame{ID: uint64(n), Blobs: [][]byte{large}}), l.Send(&link.Frame{ID: uint64(n)}))
		}
		sent <- err
	}()
	want := noise(uint64(1-r.rank), 100<<20)
	for n := range 10 {
		f, err := l.Receive()
		if err != nil {
			return err
		}
		if f.ID != uint64(n/2) || (n%2 == 0 && !bytes.Equal(f.Blobs[0], want)) {
			return fmt.Errorf("frame %d arrived damaged or out of order", n)
		}
	}
	if r.rank == 0 {
		fmt.Println("both ways")
	}
	return <-sent
}

// beFair: while rank 1 floods rank 0 with frames of 1 MB, an answer to rank 2
// waits for no more than a few of these. It counts them: on a busy machine the
// flood is as slow as the answers.
func beFair(r *ranks) error {
	links := r.Links()
	switch r.rank {
	case 0:
		var flood atomic.Uint64
		go func() {
			for {
				if _, err := links[1].Receive(); err != nil {
					return
				}
				flood.Add(1)
			}
		}()
		for {
			f, err := links[2].Receive()
			if err != nil {
				return ignoreEOF(err)
			}
			f.ID = flood.Load()
			if err := links[2].Send(f); err != nil {
				return err
			}
		}
	case 1:
		large := make([]byte, 1<<20)
		for begin := time.Now(); time.Since(begin) < 2*time.Second; {
			if err := links[0].Send(&link.Frame{Blobs: [][]byte{large}}); err != nil {
				return ignoreEOF(err) // the echoes are over
			}
		}
		return nil
	}
	return countBetweenEchoes(links[0])
}

func ignoreEOF(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return nil
	}
	return err
}

// fewFrames of the flood may be in one echo.
const fewFrames = 8

// countBetweenEchoes asks for one echo after another while the flood is on.
func countBetweenEchoes(l link.Link) error {
	var frames []uint64 // of the flood, from one echo to the next
	last := uint64(0)
	for begin := time.Now(); time.Since(begin) < 1500*time.Millisecond; {
		if err := l.Send(&link.Frame{Kind: 1}); err != nil {
			return err
		}
		f, err := l.Receive()
		if err != nil {
			return err
		}
		frames = append(frames, f.ID-last)
		last = f.ID
	}
	if last == 0 {
		return errors.New("there was no flood")
	}
	slices.Sort(frames)
	median, late := frames[len(frames)/2], frames[len(frames)*99/100]
	words := fmt.Sprintf("%d echoes beside %d frames: of a median of %d frames each, 99 %% of them of at most %d", len(frames), last, median, late)
	if median > fewFrames {
		return errors.New(words)
	}
	fmt.Println("fair:", words)
	return nil
}

// holdBack: a receiver that takes nothing holds its sender back before the
// memory is full, and gets all of it in the end.
func holdBack(r *ranks) error {
	l := r.Links()[1-r.rank]
	const count, size = 200, 1 << 20
	if r.rank == 0 {
		sent := make(chan int, count)
		go func() {
			for n := range count {
				if l.Send(&link.Frame{ID: uint64(n), Blobs: [][]byte{make([]byte, size)}}) != nil {
					return
				}
				sent <- n
			}
			close(sent)
		}()
		time.Sleep(500 * time.Millisecond)
		if n := len(sent); n > 2*window/size {
			return fmt.Errorf("%d MB went to a receiver that took nothing", n)
		}
		if err := l.Send(&link.Frame{Kind: 9}); err != nil {
			return err
		}
		for range sent {
		}
		_, err := l.Receive()
		return err
	}
	time.Sleep(time.Second)
	var memory runtime.MemStats
	runtime.ReadMemStats(&memory)
	if memory.HeapAlloc > 4*window {
		return fmt.Errorf("%d MB are held for frames that nobody took", memory.HeapAlloc>>20)
	}
	for seen := 0; seen < count; {
		f, err := l.Receive()
		if err != nil {
			return err
		}
		if f.Kind != 9 {
			seen++
		}
	}
	fmt.Println("held back")
	return l.Send(&link.Frame{})
}

// closeEarly: rank 1 ends its links while rank 0 sends to it; rank 2 is not
// concerned.
func closeEarly(r *ranks) error {
	links := r.Links()
	switch r.rank {
	case 1:
		if _, err := links[0].Receive(); err != nil {
			return err
		}
		if err := links[0].Send(&link.Frame{ID: 5}); err != nil {
			return err
		}
		links[0].Close()
		if _, err := links[0].Receive(); !errors.Is(err, link.ErrClosed) {
			return fmt.Errorf("after Close, Receive gave %v", err)
		}
		if err := links[0].Send(&link.Frame{}); !errors.Is(err, link.ErrClosed) {
			return fmt.Errorf("after Close, Send gave %v", err)
		}
		_, err := links[2].Receive()
		return err
	case 0:
		var err error
		for n := 0; err == nil; n++ {
			err = links[1].Send(&link.Frame{Blobs: [][]byte{make([]byte, 1<<20)}})
		}
		if !errors.Is(err, io.ErrUnexpectedEOF) {
			return fmt.Errorf("to a link that was ended, Send gave %v", err)
		}
		if f, err := links[1].Receive(); err != nil || f.ID != 5 {
			return fmt.Errorf("the last frame before the end: %v", err)
		}
		if _, err := links[1].Receive(); err != io.EOF {
			return fmt.Errorf("after the peer's end, Receive gave %v", err)
		}
		return links[2].Send(&link.Frame{})
	}
	if _, err := links[0].Receive(); err != nil {
		return err
	}
	fmt.Println("closed")
	return links[1].Send(&link.Frame{})
}

// sendInBarrier: ranks 1 and 2 exchange frames while both sit in barriers of
// the script that rank 0 enters late.
func sendInBarrier(r *ranks) error {
	barrier := func() error {
		c := r.session.NewCall("Barrier")
		defer c.Release()
		c.S[table.SlotComm] = r.session.World().Handle
		return c.Do(context.Background())
	}
	over := make(chan error, 1)
	go func() {
		if r.rank == 0 {
			time.Sleep(1500 * time.Millisecond)
		}
		over <- barrier()
	}()
	if r.rank == 0 {
		return <-over
	}
	l := r.Links()[3-r.rank]
	var worst time.Duration
	for n := 0; ; n++ {
		select {
		case err := <-over:
			l.Close()
			if r.rank == 1 && err == nil {
				fmt.Printf("%d echoes went through barriers, the slowest in %v\n", n, worst)
			}
			return err
		default:
		}
		begin := time.Now()
		if l.Send(&link.Frame{ID: uint64(n)}) != nil {
			continue // the other one is through
		}
		if _, err := l.Receive(); err != nil {
			continue
		}
		worst = max(worst, time.Since(begin))
	}
}

// sendAfterNative: frames wait while a native call keeps MPI, and go on then.
func sendAfterNative(r *ranks) error {
	l := r.Links()[1-r.rank]
	r.session.SetCancellable(false)
	over := make(chan error, 1)
	go func() {
		if r.rank == 0 {
			time.Sleep(300 * time.Millisecond)
		}
		c := r.session.NewCall("Barrier")
		defer c.Release()
		c.S[table.SlotComm] = r.session.World().Handle
		over <- c.Do(context.Background())
	}()
	for n := range 2000 {
		if err := l.Send(&link.Frame{ID: uint64(n), Head: make([]byte, n)}); err != nil {
			return err
		}
	}
	for n := range 2000 {
		if f, err := l.Receive(); err != nil || f.ID != uint64(n) || len(f.Head) != n {
			return fmt.Errorf("frame %d: %v", n, err)
		}
	}
	if r.rank == 0 {
		fmt.Println("after native")
	}
	return <-over
}
