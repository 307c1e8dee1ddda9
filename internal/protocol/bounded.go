package protocol

import (
	"encoding/binary"
	"errors"
	"fmt"
)

// What the head of a frame may hold at most: nothing that this software sends
// comes near. A head that claims more is refused before any of it is decoded.
const (
	maxDepth   = 16      // lists and records inside each other
	maxEntries = 1 << 20 // of all lists and records together
)

var errCut = errors.New("it ends too early")

// bounded checks MessagePack from another process without allocating and
// without recursion, so that the decoder after it can do both: no claimed
// length is larger than the bytes that are there, and nothing is nested
// deeply. Extensions are refused: none of our own structs has one.
func bounded(b []byte) error {
	var left [maxDepth + 1]int // values to come, at each level
	left[0] = 1
	entries := 0
	for level := 0; level >= 0; {
		if left[level] == 0 {
			level--
			continue
		}
		left[level]--
		size, inside, err := token(b)
		if err != nil {
			return err
		}
		b = b[size:]
		if inside == 0 {
			continue
		}
		if entries += inside; inside > len(b) || entries > maxEntries {
			return fmt.Errorf("%d values claimed in %d bytes", inside, len(b))
		}
		if level++; level > maxDepth {
			return fmt.Errorf("more than %d levels inside each other", maxDepth)
		}
		left[level] = inside
	}
	if len(b) > 0 {
		return fmt.Errorf("%d bytes too many", len(b))
	}
	return nil
}

// token returns the bytes of the value that b begins with, content included,
// and for a list or record, of which only the head is counted, how many values
// follow.
func token(b []byte) (size, inside int, err error) {
	if len(b) == 0 {
		return 0, 0, errCut
	}
	c := b[0]
	switch {
	case c <= 0x7f || c >= 0xe0:
		return 1, 0, nil
	case c <= 0x8f:
		return 1, 2 * int(c&0xf), nil
	case c <= 0x9f:
		return 1, int(c & 0xf), nil
	case c <= 0xbf:
		size = 1 + int(c&0x1f)
	default:
		t := tokens[c-0xc0]
		if t.wrong {
			return 0, 0, fmt.Errorf("code %x is no value of a head", c)
		}
		n := 0
		if n, err = lengthAfter(b, t.length); err != nil {
			return 0, 0, err
		}
		if t.each > 0 {
			return 1 + t.length, n * t.each, nil
		}
		size = 1 + t.length + t.fixed + n
	}
	if size > len(b) {
		return 0, 0, errCut
	}
	return size, 0, nil
}

// lengthAfter reads the length of so many bytes that follows a code.
func lengthAfter(b []byte, bytes int) (int, error) {
	if len(b) < 1+bytes {
		return 0, errCut
	}
	switch bytes {
	case 1:
		return int(b[1]), nil
	case 2:
		return int(binary.BigEndian.Uint16(b[1:])), nil
	case 4:
		return int(binary.BigEndian.Uint32(b[1:])), nil
	}
	return 0, nil
}

// tokens tells what follows the codes from c0 to df: the bytes of a length,
// bytes whose number is fixed, and for lists and records the values that one
// entry has.
var tokens = [32]struct {
	length, fixed, each int
	wrong               bool
}{
	0x01: {wrong: true},
	0x04: {length: 1}, 0x05: {length: 2}, 0x06: {length: 4}, // bytes
	0x07: {wrong: true}, 0x08: {wrong: true}, 0x09: {wrong: true}, // extensions
	0x0a: {fixed: 4}, 0x0b: {fixed: 8}, // floats
	0x0c: {fixed: 1}, 0x0d: {fixed: 2}, 0x0e: {fixed: 4}, 0x0f: {fixed: 8}, // unsigned
	0x10: {fixed: 1}, 0x11: {fixed: 2}, 0x12: {fixed: 4}, 0x13: {fixed: 8}, // signed
	0x14: {wrong: true}, 0x15: {wrong: true}, 0x16: {wrong: true}, 0x17: {wrong: true}, 0x18: {wrong: true},
	0x19: {length: 1}, 0x1a: {length: 2}, 0x1b: {length: 4}, // strings
	0x1c: {length: 2, each: 1}, 0x1d: {length: 4, each: 1}, // lists
	0x1e: {length: 2, each: 2}, 0x1f: {length: 4, each: 2}, // records
}
