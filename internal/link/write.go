package link

import (
	"encoding/binary"
	"io"
	"net"
)

const (
	writeBuffer = 64 << 10 // what is copied goes out in pieces of at most this
	copyLimit   = 4 << 10  // up to here a piece is copied, above it goes out from where it is
	maxVector   = 1024     // pieces in one writev
)

// frameWriter turns frames into bytes. Small pieces are gathered in a reused
// buffer, large ones are handed to the socket where they lie (writev). A frame
// without large pieces that fits the buffer is one write.
type frameWriter struct {
	w      io.Writer
	limits limits
	buf    []byte      // gathered bytes; never reallocated, since vec points into it
	sealed int         // bytes of buf that vec already has
	vec    net.Buffers // pieces waiting for flush
	store  [][]byte    // memory of vec, kept for the next frame
}

func newFrameWriter(w io.Writer) *frameWriter {
	return &frameWriter{w: w, limits: frameLimits}
}

// write sends one frame, which the caller has checked against the limits.
func (w *frameWriter) write(f *Frame) error {
	if w.buf == nil {
		w.buf = make([]byte, 0, writeBuffer)
	}
	h := header{kind: f.Kind, head: uint32(len(f.Head)), id: f.ID, blobs: uint32(len(f.Blobs))}
	w.buf = h.append(w.buf)
	for _, b := range f.Blobs {
		if err := w.reserve(lengthSize); err != nil {
			return err
		}
		w.buf = binary.LittleEndian.AppendUint64(w.buf, uint64(len(b)))
	}
	if err := w.add(f.Head); err != nil {
		return err
	}
	for _, b := range f.Blobs {
		if err := w.add(b); err != nil {
			return err
		}
	}
	return w.flush()
}

// add queues a piece, by copy or in place.
func (w *frameWriter) add(p []byte) error {
	if len(p) <= copyLimit {
		if err := w.reserve(len(p)); err != nil {
			return err
		}
		w.buf = append(w.buf, p...)
		return nil
	}
	w.seal()
	w.vec = append(w.vec, p)
	if len(w.vec) >= maxVector {
		return w.flush()
	}
	return nil
}

// reserve makes room for n more bytes in buf.
func (w *frameWriter) reserve(n int) error {
	if len(w.buf)+n <= cap(w.buf) {
		return nil
	}
	return w.flush()
}

// seal appends to vec what buf holds and vec does not have yet.
func (w *frameWriter) seal() {
	if len(w.buf) > w.sealed {
		w.vec = append(w.vec, w.buf[w.sealed:])
		w.sealed = len(w.buf)
	}
}

// flush writes all that is queued.
func (w *frameWriter) flush() error {
	var err error
	if len(w.vec) == 0 {
		_, err = w.w.Write(w.buf)
	} else {
		w.seal()
		w.store = w.vec
		_, err = w.vec.WriteTo(w.w) // clears what it wrote: nobody's memory is kept alive
		w.vec = w.store[:0]
	}
	w.buf, w.sealed = w.buf[:0], 0
	return err
}
