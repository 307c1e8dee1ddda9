package link

import (
	"encoding/binary"
	"errors"
)

// errShort says that a message of the handshake or a Join is cut off.
var errShort = errors.New("cut off")

// appendField appends a length and the bytes: how the handshake and Join
// write what has no fixed size.
func appendField[T string | []byte](b []byte, field T) []byte {
	b = binary.AppendUvarint(b, uint64(len(field)))
	return append(b, field...)
}

// fields reads what appendField wrote; the first error stays.
type fields struct {
	rest []byte
	err  error
}

func (f *fields) number() uint64 {
	n, size := binary.Uvarint(f.rest)
	if size <= 0 {
		f.rest, f.err = nil, errShort
		return 0
	}
	f.rest = f.rest[size:]
	return n
}

func (f *fields) bytes() []byte {
	n := f.number()
	if n > uint64(len(f.rest)) {
		f.rest, f.err = nil, errShort
		return nil
	}
	p := f.rest[:n:n]
	f.rest = f.rest[n:]
	return p
}

func (f *fields) string() string { return string(f.bytes()) }
