package value

import (
	"encoding/binary"
	"errors"
	"fmt"
	"io"

	"github.com/vmihailenco/msgpack/v5"
)

// A body is
//
//	version (1 byte), place of the references (8 bytes, little endian),
//	the number of values, the values,
//	the contents of each table and function that was met, in that order,
//	the references: their number, then hash and home of each.
//
// All but the first nine bytes are MessagePack. A table, function, named
// value, array or traveller is written where it is first met as a mention
// (extNew), and gets the next number; where it is met again that number
// stands (extBack). Contents come after all values, and their own mentions
// add to the list: so nothing here recurses, and a list of a million linked
// tables needs no deep stack on either side.
//
//	table content:     slots of the list, how many of them are nil, number of
//	                   pairs, the list, the pairs, metatable or nil
//	function content:  environment or nil, then for each captured variable
//	                   0 and its value, or the number (from 1) of one met before
//
// In a list a run of numbers stands as one extNumbers, a run of nils as one
// extHoles.
const (
	version    = 1
	headLength = 9
)

// Extension types of MessagePack that bodies use.
const (
	extNew     = 1 // a mention; data: one byte, its kind
	extBack    = 2 // met before; data: 4 bytes, its number, little endian
	extNumbers = 3 // float64 values, little endian
	extHoles   = 4 // data: 4 bytes, how many nils, little endian
)

// Codes of MessagePack that are written and read here and not through the
// library, for speed.
const (
	codeShort   = 0xa0 // and the length, below 32: a string
	codeNil     = 0xc0
	codeFalse   = 0xc2
	codeTrue    = 0xc3
	codeDouble  = 0xcb
	codeFixExt1 = 0xd4
	codeFixExt4 = 0xd6
)

// The kinds of mentions, and what follows the mention.
const (
	kindTable     = 1 // nothing: content comes later
	kindFunction  = 2 // number of the reference, number of the function in the chunk
	kindName      = 3 // bytes: a Names path
	kindArray     = 4 // type, 0 and length or 1, rows and columns; memory is the next blob
	kindTraveller = 5 // kind, data
	kindString    = 6 // nothing: the next blob (gets no number)
	kindErrorMeta = 7 // nothing: the metatable of errors (luaerr)
)

const (
	// blobString is the length from which a string is a blob.
	blobString = 64 << 10
	// numberRun is how many numbers in a row make an extNumbers.
	numberRun = 4
	// maxHoles is how many nil slots between the entries of lists one
	// message may ask the receiver to fill: gopher-lua has no sparse lists.
	maxHoles = 1 << 24
	// keptScratch is how many entries of scratch memory are kept for the next
	// message.
	keptScratch = 4096
	// keptBuffer is the largest body that goes back to the pool's buffer by
	// copy; a larger one is handed out as it is.
	keptBuffer = 64 << 10
	// roomAfter is how much who sends a body can append to it in its place,
	// once: a Detach shares it.
	roomAfter = 32
)

// buffer is what the MessagePack encoder writes to.
type buffer struct{ b []byte }

func (w *buffer) Write(p []byte) (int, error) { w.b = append(w.b, p...); return len(p), nil }
func (w *buffer) WriteByte(c byte) error      { w.b = append(w.b, c); return nil }

// reader is what the MessagePack decoder reads from. Lengths are checked
// against what is left before anything is allocated.
type reader struct {
	b   []byte
	pos int
}

func (r *reader) left() int { return len(r.b) - r.pos }

func (r *reader) Read(p []byte) (int, error) {
	if r.pos >= len(r.b) {
		return 0, io.EOF
	}
	n := copy(p, r.b[r.pos:])
	r.pos += n
	return n, nil
}

func (r *reader) ReadByte() (byte, error) {
	if r.pos >= len(r.b) {
		return 0, io.EOF
	}
	c := r.b[r.pos]
	r.pos++
	return c, nil
}

func (r *reader) UnreadByte() error { r.pos--; return nil }

// take returns the next n bytes without a copy.
func (r *reader) take(n int) ([]byte, error) {
	if n < 0 || n > r.left() {
		return nil, malformed("byte %d: %d bytes claimed, %d there", r.pos, n, r.left())
	}
	p := r.b[r.pos : r.pos+n : r.pos+n]
	r.pos += n
	return p, nil
}

// source is a reader with the MessagePack decoder on top.
type source struct {
	reader
	dec *msgpack.Decoder
}

func (s *source) reset(b []byte, at int) { s.b, s.pos = b, at }

// peek returns the code of the next token.
func (s *source) peek() (byte, error) {
	if s.pos >= len(s.b) {
		return 0, malformed("byte %d: it ends too early", s.pos)
	}
	return s.b[s.pos], nil
}

// count reads a number that is not negative.
func (s *source) count() (int, error) {
	if c, err := s.peek(); err != nil {
		return 0, err
	} else if c <= 0x7f {
		s.pos++
		return int(c), nil
	}
	at := s.pos
	n, err := s.dec.DecodeInt64()
	if err != nil || n < 0 {
		return 0, malformed("byte %d: no count (%v)", at, err)
	}
	return int(n), nil
}

// bytes reads a string or byte string, without a copy.
func (s *source) bytes() ([]byte, error) {
	at := s.pos
	if at < len(s.b) && s.b[at]&0xe0 == codeShort {
		s.pos++
		return s.take(int(s.b[at] & 0x1f))
	}
	n, err := s.dec.DecodeBytesLen()
	if err != nil || n < 0 {
		return nil, malformed("byte %d: no string (%v)", at, err)
	}
	return s.take(n)
}

// ext reads an extension: its type and its data, without a copy.
func (s *source) ext() (int8, []byte, error) {
	at := s.pos
	if s.left() >= 3 && s.b[at] == codeFixExt1 {
		s.pos += 3
		return int8(s.b[at+1]), s.b[at+2 : s.pos : s.pos], nil
	}
	id, n, err := s.dec.DecodeExtHeader()
	if err != nil {
		return 0, nil, malformed("byte %d: no extension (%v)", at, err)
	}
	data, err := s.take(n)
	return id, data, err
}

// openBody checks the head of a body and cuts it: where the values end and
// the references begin.
func openBody(body []byte) (refsAt int, err error) {
	if len(body) < headLength || body[0] != version {
		return 0, malformed("it does not begin like one of this version")
	}
	at := binary.LittleEndian.Uint64(body[1:])
	if at < headLength || at > uint64(len(body)) {
		return 0, malformed("its references lie outside")
	}
	return int(at), nil
}

// eachRef reads the references, at which the reader stands. It returns their
// number.
func (s *source) eachRef(f func(Ref)) (int, error) {
	n, err := s.count()
	if err != nil {
		return 0, err
	}
	if n > s.left()/len(Hash{}) {
		return 0, malformed("%d references claimed in %d bytes", n, s.left())
	}
	for range n {
		h, err := s.bytes()
		if err != nil {
			return 0, err
		}
		if len(h) != len(Hash{}) {
			return 0, malformed("a hash of %d bytes", len(h))
		}
		home, err := s.dec.DecodeInt64()
		if err != nil {
			return 0, malformed("a reference without home (%v)", err)
		}
		f(Ref{Hash(h), int32(home)})
	}
	return n, nil
}

// ErrMalformed is wrapped by the errors of Decode for bytes that no Encode
// made.
var ErrMalformed = errors.New("malformed message")

func malformed(format string, args ...any) error {
	return fmt.Errorf("%w: "+format, append([]any{ErrMalformed}, args...)...)
}
