package mpilink

import (
	"bytes"
	"encoding/binary"
	"fmt"

	"github.com/mpiclus/mpiclus-lua/internal/link"
)

// A header is one MPI message, all numbers little-endian:
//
//	 0  2  mark
//	 2  1  what it is: a frame, credit, or the end of the link
//	 3  1  kind of the frame
//	 4  4  bytes of head
//	 8  8  id of the frame
//	16  4  number of blobs
//	20  4  tag of the payload
//	24  8  bytes of metadata
//	32  8  credit: what the sender has taken in so far, see window
//	40  4  blobs of at most this size are in the metadata
//	44     the metadata, when all of it fits
//
// The metadata are the length of each blob (8 bytes each), the head, and the
// small blobs. The payload is what the header does not hold: the metadata,
// then each large blob, cut into pieces, all under one tag.
const (
	headerSize = 44
	headerMark = 0x4CB5
	lengthSize = 8
)

// What a header is.
const (
	isFrame byte = iota + 1
	isCredit
	isEnd
)

type header struct {
	what   byte
	kind   byte
	head   uint32
	id     uint64
	blobs  uint32
	tag    uint32
	meta   uint64
	credit uint64
	small  uint32
}

func (h *header) append(b []byte) []byte {
	b = binary.LittleEndian.AppendUint16(b, headerMark)
	b = append(b, h.what, h.kind)
	b = binary.LittleEndian.AppendUint32(b, h.head)
	b = binary.LittleEndian.AppendUint64(b, h.id)
	b = binary.LittleEndian.AppendUint32(b, h.blobs)
	b = binary.LittleEndian.AppendUint32(b, h.tag)
	b = binary.LittleEndian.AppendUint64(b, h.meta)
	b = binary.LittleEndian.AppendUint64(b, h.credit)
	return binary.LittleEndian.AppendUint32(b, h.small)
}

// setCredit changes the credit of an encoded header.
func setCredit(b []byte, credit uint64) { binary.LittleEndian.PutUint64(b[32:], credit) }

// parseHeader reads a header message and returns what follows the fixed part.
func parseHeader(b []byte) (h header, rest []byte, err error) {
	if len(b) < headerSize || binary.LittleEndian.Uint16(b) != headerMark {
		return h, nil, &link.ProtocolError{What: fmt.Sprintf("a message of %d bytes is no header", len(b))}
	}
	h = header{
		what: b[2], kind: b[3],
		head:   binary.LittleEndian.Uint32(b[4:]),
		id:     binary.LittleEndian.Uint64(b[8:]),
		blobs:  binary.LittleEndian.Uint32(b[16:]),
		tag:    binary.LittleEndian.Uint32(b[20:]),
		meta:   binary.LittleEndian.Uint64(b[24:]),
		credit: binary.LittleEndian.Uint64(b[32:]),
		small:  binary.LittleEndian.Uint32(b[40:]),
	}
	if h.what < isFrame || h.what > isEnd || h.head > link.MaxHead || h.blobs > link.MaxBlobs || h.meta > link.MaxTotal {
		return h, nil, &link.ProtocolError{What: "a header beyond all limits"}
	}
	return h, b[headerSize:], nil
}

// maxHeader is the most bytes of a header message. A frame that fits is copied
// into one message.
const maxHeader = 64 << 10

// inline reports whether the metadata are in the header message.
func (h *header) inline() bool { return headerSize+h.meta <= maxHeader }

// smallBlob is the size up to which a blob is copied rather than sent from
// where it is.
const smallBlob = 1024

// describe makes the header of a frame, and returns the blobs that travel by
// themselves.
func describe(f *link.Frame, tag int) (h header, large [][]byte) {
	h = header{what: isFrame, kind: f.Kind, head: uint32(len(f.Head)), id: f.ID, blobs: uint32(len(f.Blobs)), tag: uint32(tag), small: smallBlob}
	fixed := lengthSize*len(f.Blobs) + len(f.Head)
	all := fixed
	for _, b := range f.Blobs {
		all += len(b)
	}
	if headerSize+all <= maxHeader {
		h.small, h.meta = maxHeader, uint64(all)
		return h, nil
	}
	for _, b := range f.Blobs {
		if len(b) <= smallBlob {
			fixed += len(b)
		} else {
			large = append(large, b)
		}
	}
	h.meta = uint64(fixed)
	return h, large
}

// appendMeta appends the metadata of a frame that has that header.
func (h *header) appendMeta(b []byte, f *link.Frame) []byte {
	for _, blob := range f.Blobs {
		b = binary.LittleEndian.AppendUint64(b, uint64(len(blob)))
	}
	b = append(b, f.Head...)
	for _, blob := range f.Blobs {
		if len(blob) <= int(h.small) {
			b = append(b, blob...)
		}
	}
	return b
}

// restore makes the frame of a header and its metadata, in memory of its own,
// and returns the large blobs in order, still without content.
func restore(h *header, meta []byte) (f *link.Frame, large [][]byte, err error) {
	damaged := &link.ProtocolError{What: "metadata that do not fit the header"}
	lengths := lengthSize * uint64(h.blobs)
	if lengths+uint64(h.head) > uint64(len(meta)) {
		return nil, nil, damaged
	}
	rest := meta[lengths+uint64(h.head):]
	f = &link.Frame{Kind: h.kind, ID: h.id, Head: bytes.Clone(meta[lengths : lengths+uint64(h.head)])}
	if h.blobs > 0 {
		f.Blobs = make([][]byte, h.blobs)
	}
	total := uint64(0)
	for i := range f.Blobs {
		n := binary.LittleEndian.Uint64(meta[lengthSize*i:])
		if total += n; n > link.MaxTotal || total > link.MaxTotal || (n <= uint64(h.small) && n > uint64(len(rest))) {
			return nil, nil, damaged
		}
		f.Blobs[i] = link.Fresh(int(n))
		if n <= uint64(h.small) {
			rest = rest[copy(f.Blobs[i], rest):]
		} else {
			large = append(large, f.Blobs[i])
		}
	}
	if len(rest) > 0 {
		return nil, nil, damaged
	}
	return f, large, nil
}

// check applies the limits of a frame.
func check(f *link.Frame) error {
	total := uint64(len(f.Head))
	for _, b := range f.Blobs {
		total += uint64(len(b))
	}
	switch {
	case len(f.Head) > link.MaxHead:
		return &link.ProtocolError{What: fmt.Sprintf("head of %d bytes, at most %d are allowed", len(f.Head), link.MaxHead)}
	case len(f.Blobs) > link.MaxBlobs:
		return &link.ProtocolError{What: fmt.Sprintf("%d blobs, at most %d are allowed", len(f.Blobs), link.MaxBlobs)}
	case total > link.MaxTotal:
		return &link.ProtocolError{What: fmt.Sprintf("head and blobs of more than %d bytes", uint64(link.MaxTotal))}
	}
	return nil
}
