package link

import (
	"bufio"
	"encoding/binary"
	"errors"
	"io"
)

const (
	readBuffer = 16 << 10 // pieces of at least this size are read straight into place
	firstStep  = 64 << 20 // memory given on the word of a header
	growth     = 4        // each further step, as a multiple of what has arrived
)

// frameReader reads frames from a stream of bytes.
type frameReader struct {
	r       *bufio.Reader
	limits  limits
	lengths []uint64 // of the frame being read, reused
}

func newFrameReader(r io.Reader) *frameReader {
	return &frameReader{r: bufio.NewReaderSize(r, readBuffer), limits: frameLimits}
}

// read returns the next frame. io.EOF means that the stream ended between two
// frames, io.ErrUnexpectedEOF inside one.
func (r *frameReader) read() (*Frame, error) {
	raw, err := r.r.Peek(headerSize)
	if err != nil {
		if errors.Is(err, io.EOF) && len(raw) > 0 {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	h, err := parseHeader(raw)
	if err != nil {
		return nil, err
	}
	_, _ = r.r.Discard(headerSize)
	if err := r.limits.check(uint64(h.head), uint64(h.blobs)); err != nil {
		return nil, err
	}
	f := &Frame{Kind: h.kind, ID: h.id}
	if err := r.body(h, f); err != nil {
		if errors.Is(err, io.EOF) {
			err = io.ErrUnexpectedEOF
		}
		return nil, err
	}
	return f, nil
}

func (r *frameReader) body(h header, f *Frame) (err error) {
	if err = r.readLengths(h); err != nil {
		return err
	}
	if f.Head, err = r.bytes(uint64(h.head)); err != nil {
		return err
	}
	if h.blobs == 0 {
		return nil
	}
	f.Blobs = make([][]byte, len(r.lengths))
	for i, n := range r.lengths {
		if f.Blobs[i], err = r.bytes(n); err != nil {
			return err
		}
	}
	return nil
}

// readLengths fills r.lengths, as far as lengths arrive.
func (r *frameReader) readLengths(h header) error {
	r.lengths = r.lengths[:0]
	total := uint64(h.head)
	for left := int(h.blobs); left > 0; {
		n := min(left, readBuffer/lengthSize)
		raw, err := r.r.Peek(n * lengthSize)
		if err != nil {
			return err
		}
		for ; len(raw) > 0; raw = raw[lengthSize:] {
			length := binary.LittleEndian.Uint64(raw)
			if total, err = r.limits.add(total, length); err != nil {
				return err
			}
			r.lengths = append(r.lengths, length)
		}
		_, _ = r.r.Discard(n * lengthSize)
		left -= n
	}
	return nil
}

// bytes reads n bytes into fresh aligned memory, which is made in steps when
// n is large, so that an announcement alone costs little.
func (r *frameReader) bytes(n uint64) ([]byte, error) {
	if n > uint64(maxInt) {
		return nil, bad("%d bytes in one piece are more than this machine can address", n)
	}
	p := aligned(int(min(n, firstStep)))
	for got := 0; ; {
		if _, err := io.ReadFull(r.r, p[got:]); err != nil {
			return nil, err
		}
		if got = len(p); uint64(got) == n {
			return p, nil
		}
		next := aligned(int(min(n, uint64(got)*growth)))
		copy(next, p)
		p = next
	}
}
