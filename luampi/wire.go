package luampi

import (
	"encoding/binary"
	"fmt"
	"math"
	"runtime"
	"time"
	"unsafe"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/mpi"
	"github.com/mpiclus/mpiclus-lua/internal/value"
)

// A value goes as a stream of bytes: its blobs, each from a multiple of 16 on
// so that they can become memory of arrays where they arrive, then its tail:
// body, chunks of source, lengths of the blobs, and three numbers that tell
// how long those are.
//
// The first message of a value is its packet: head and, if it fits, the
// stream. A longer stream follows as one message on the communicator's Bulk,
// with the ticket of the head as its tag.
const (
	packetSize = 4096
	headSize   = 16 // length of the stream, ticket
	trailer    = 16 // length of the body, number of chunks, number of blobs
)

// wire is a value ready to go.
type wire struct {
	blobs [][]byte
	tail  []byte
	total int
}

var padding [16]byte

func padded(n int) int { return (n + 15) &^ 15 }

// lingerTime is how long futures and channels in a message are kept alive
// here: nobody tells this process when the receiver has its own.
const lingerTime = time.Minute

func linger(m *value.Message) {
	if held := m.Travellers; len(held) > 0 {
		time.AfterFunc(lingerTime, func() { runtime.KeepAlive(held) })
	}
}

// pack encodes values. Blobs alias live arrays.
func (m *module) pack(L *lua.LState, what string, vs ...lua.LValue) (*wire, error) {
	msg, err := m.codec.Encode(L, what, vs...)
	if err != nil {
		return nil, err
	}
	linger(msg)
	w := &wire{blobs: msg.Blobs, tail: msg.Body}
	chunks := 0
	for _, ref := range unknown.Missing(msg) {
		name, source, ok := m.codec.Chunks.Source(ref.Hash)
		if !ok {
			continue // the receiver has it, or its error will say so
		}
		chunks++
		for _, s := range []string{name, source} {
			w.tail = binary.LittleEndian.AppendUint32(w.tail, uint32(len(s)))
			w.tail = append(w.tail, s...)
		}
	}
	for _, b := range w.blobs {
		w.tail = binary.LittleEndian.AppendUint64(w.tail, uint64(len(b)))
		w.total += padded(len(b))
	}
	w.tail = binary.LittleEndian.AppendUint64(w.tail, uint64(len(msg.Body)))
	w.tail = binary.LittleEndian.AppendUint32(w.tail, uint32(chunks))
	w.tail = binary.LittleEndian.AppendUint32(w.tail, uint32(len(w.blobs)))
	w.total += len(w.tail)
	return w, nil
}

// unknown knows no chunk, so that all that a message needs are missing.
var unknown = value.Codec{Chunks: value.NewChunks(), Names: value.NewNames()}

// detach copies blobs that alias arrays, for a value that goes later.
func (w *wire) detach() {
	for i, b := range w.blobs {
		w.blobs[i] = append(make([]byte, 0, padded(len(b))), b...)
	}
}

// append adds the stream to b.
func (w *wire) append(b []byte) []byte {
	for _, blob := range w.blobs {
		b = append(b, blob...)
		b = append(b, padding[:padded(len(blob))-len(blob)]...)
	}
	return append(b, w.tail...)
}

// piece is memory as C reads it (engine.h).
type piece struct{ address, bytes uint64 }

// pieces returns the stream as pieces that c holds.
func (w *wire) pieces(c *mpi.Call) (address uint64, n int) {
	list := make([]piece, 0, 2*len(w.blobs)+1)
	add := func(b []byte) {
		if len(b) > 0 {
			list = append(list, piece{c.Hold(unsafe.Pointer(unsafe.SliceData(b))), uint64(len(b))})
		}
	}
	for _, b := range w.blobs {
		add(b)
		add(padding[:padded(len(b))-len(b)])
	}
	add(w.tail)
	return c.Hold(unsafe.Pointer(unsafe.SliceData(list))), len(list)
}

// head writes the head of the packet.
func (w *wire) head(b []byte, ticket int) []byte {
	b = binary.LittleEndian.AppendUint64(b, uint64(w.total))
	return binary.LittleEndian.AppendUint64(b, uint64(ticket))
}

// readHead reads the head of a packet.
func readHead(b []byte) (total, ticket int, err error) {
	n, number := binary.LittleEndian.Uint64(b), binary.LittleEndian.Uint64(b[8:])
	if n > maxStream || number > math.MaxInt32 {
		return 0, 0, errStream
	}
	return int(n), int(number), nil
}

// maxStream bounds what a packet or a tail may claim that a value has: sums of
// such lengths do not overflow.
const maxStream = 1 << 40

var errStream = luaerr.New(luaerr.MPI, "a message on a communicator's duplicate is no value of mpi.send: was it sent by another program?")

// tail is what the end of a stream tells.
type tail struct {
	body   []byte
	chunks []byte
	nchunk int
	sizes  []int
}

// readTail reads the tail that stream ends with.
func readTail(stream []byte) (t tail, size int, err error) {
	if len(stream) < trailer {
		return t, 0, errStream
	}
	end := stream[len(stream)-trailer:]
	body := binary.LittleEndian.Uint64(end)
	t.nchunk = int(binary.LittleEndian.Uint32(end[8:]))
	nblobs := int(binary.LittleEndian.Uint32(end[12:]))
	at := len(stream) - trailer - 8*nblobs
	if nblobs > len(stream)/8 || at < 0 || body > uint64(at) {
		return t, 0, errStream
	}
	blobs := 0
	t.sizes = make([]int, nblobs)
	for i := range t.sizes {
		n := binary.LittleEndian.Uint64(stream[at+8*i:])
		if n > maxStream {
			return t, 0, errStream
		}
		t.sizes[i] = int(n)
		if blobs += padded(int(n)); blobs > maxStream {
			return t, 0, errStream
		}
	}
	t.chunks = stream[:at]
	t.body = stream[:body]
	return t, blobs, nil
}

// unpack decodes a stream; own tells that its memory may become that of
// arrays.
func (m *module) unpack(L *lua.LState, stream []byte, own bool) (lua.LValue, error) {
	t, at, err := readTail(stream)
	if err != nil {
		return nil, err
	}
	if at > len(stream)-trailer {
		return nil, errStream
	}
	if at > 0 {
		if t, _, err = readTail(stream[at:]); err != nil {
			return nil, err
		}
	}
	blobs := make([][]byte, len(t.sizes))
	place := 0
	for i, n := range t.sizes {
		blobs[i] = stream[place : place+n : place+n]
		if !own {
			blobs[i] = append(make([]byte, 0, padded(n)), blobs[i]...)
		}
		place += padded(n)
	}
	return m.decode(L, t, blobs)
}

// decode returns the values of a tail and its blobs.
func (m *module) decode(L *lua.LState, t tail, blobs [][]byte) (lua.LValue, error) {
	msg := &value.Message{Body: t.body, Blobs: blobs}
	if t.nchunk > 0 && len(m.codec.Missing(msg)) > 0 {
		if err := m.addChunks(t); err != nil {
			return nil, err
		}
	}
	vs, err := m.codec.Decode(L, msg)
	if err != nil {
		return nil, fmt.Errorf("the value cannot be read here: %w", err)
	}
	if len(vs) != 1 {
		return nil, errStream
	}
	return vs[0], nil
}

// addChunks returns the sources that came along to the codec.
func (m *module) addChunks(t tail) error {
	rest := t.chunks[len(t.body):]
	next := func() (string, bool) {
		if len(rest) < 4 {
			return "", false
		}
		n := int(binary.LittleEndian.Uint32(rest))
		if n > len(rest)-4 {
			return "", false
		}
		s := string(rest[4 : 4+n])
		rest = rest[4+n:]
		return s, true
	}
	for range t.nchunk {
		name, ok := next()
		source, ok2 := next()
		if !ok || !ok2 {
			return errStream
		}
		if _, err := m.codec.Chunks.Add(name, source); err != nil {
			return err
		}
	}
	return nil
}
