package link

import (
	"encoding/binary"
	"hash/crc32"
)

// A frame on the wire, all numbers little-endian:
//
//	 0  1  mark
//	 1  1  kind
//	 2  2  number of this format
//	 4  4  bytes of head
//	 8  8  id
//	16  4  number of blobs
//	20  4  CRC-32C of the 20 bytes before
//	24     length of each blob, 8 bytes each
//	       head
//	       blobs
const (
	headerSize   = 24
	headerMark   = 0xA7
	headerFormat = 1
	lengthSize   = 8
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

type header struct {
	kind  byte
	head  uint32
	id    uint64
	blobs uint32
}

func (h header) append(b []byte) []byte {
	at := len(b)
	b = append(b, headerMark, h.kind)
	b = binary.LittleEndian.AppendUint16(b, headerFormat)
	b = binary.LittleEndian.AppendUint32(b, h.head)
	b = binary.LittleEndian.AppendUint64(b, h.id)
	b = binary.LittleEndian.AppendUint32(b, h.blobs)
	return binary.LittleEndian.AppendUint32(b, crc32.Checksum(b[at:], castagnoli))
}

// parseHeader reads the fixed part; b holds headerSize bytes.
func parseHeader(b []byte) (header, error) {
	if b[0] != headerMark {
		return header{}, bad("it starts with %q", b[:8])
	}
	if crc32.Checksum(b[:20], castagnoli) != binary.LittleEndian.Uint32(b[20:]) {
		return header{}, bad("header is damaged (checksum)")
	}
	if n := binary.LittleEndian.Uint16(b[2:]); n != headerFormat {
		return header{}, bad("format %d, this version reads format %d", n, headerFormat)
	}
	return header{
		kind:  b[1],
		head:  binary.LittleEndian.Uint32(b[4:]),
		id:    binary.LittleEndian.Uint64(b[8:]),
		blobs: binary.LittleEndian.Uint32(b[16:]),
	}, nil
}
