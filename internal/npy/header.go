package npy

import (
	"encoding/binary"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/array"
)

// magic is what a file begins with (NEP 1, "A Simple File Format for NumPy Arrays",
// and the documentation of numpy.lib.format).
const magic = "\x93NUMPY"

// header is what stands in front of the elements.
type header struct {
	typ     array.Type
	swapped bool // the elements have the other byte order than this machine
	fortran bool // the first index runs fastest
	dims    []int
}

const (
	// alignment is what the length of a header is a multiple of, in bytes.
	alignment = 64
	// growth is how many digits numpy leaves room for, so that the first dimension
	// can grow in place.
	growth = 21
	// longestHeader is how much is read of a header at most, in bytes.
	longestHeader = 1 << 20
)

// bigEndian reports whether this machine has the most significant byte first.
var bigEndian = binary.NativeEndian.Uint16([]byte{0, 1}) == 1

// codes are the types as numpy writes them, without the byte order.
var codes = map[string]array.Type{
	"b1": array.Bool, "i1": array.Int8, "i2": array.Int16, "i4": array.Int32, "i8": array.Int64,
	"u1": array.Uint8, "u2": array.Uint16, "u4": array.Uint32, "u8": array.Uint64,
	"f4": array.Float32, "f8": array.Float64, "c8": array.Complex64, "c16": array.Complex128,
}

// String writes the header as numpy does, byte for byte.
func (h header) String() string {
	order := "<"
	if h.swapped != bigEndian {
		order = ">"
	}
	if h.typ.Size() == 1 {
		order = "|"
	}
	code := ""
	for name, t := range codes {
		if t == h.typ {
			code = name
		}
	}
	dims := make([]string, len(h.dims))
	for i, d := range h.dims {
		dims[i] = strconv.Itoa(d)
	}
	shape, fortran, grows := strings.Join(dims, ", "), "False", 0
	if h.fortran {
		fortran, grows = "True", len(dims)-1
	}
	if len(dims) == 1 {
		shape += ","
	}
	text := fmt.Sprintf("{'descr': '%s%s', 'fortran_order': %s, 'shape': (%s), }", order, code, fortran, shape)
	if len(dims) > 0 {
		text += strings.Repeat(" ", growth-len(dims[grows]))
	}
	const front = len(magic) + 4 // version, and the length in two bytes
	text += strings.Repeat(" ", alignment-(front+len(text)+1)%alignment) + "\n"
	return magic + "\x01\x00" + string(binary.LittleEndian.AppendUint16(nil, uint16(len(text)))) + text
}

// readHeader reads what stands in front of the elements, of format 1, 2 or 3.
func readHeader(r io.Reader) (h header, length int, err error) {
	front := make([]byte, len(magic)+4)
	if _, err := io.ReadFull(r, front); err != nil || string(front[:len(magic)]) != magic {
		return h, 0, fmt.Errorf("it does not begin as an .npy file does")
	}
	major := front[len(magic)]
	size := int(binary.LittleEndian.Uint16(front[len(magic)+2:]))
	switch major {
	case 1:
	case 2, 3:
		more := make([]byte, 2)
		if _, err := io.ReadFull(r, more); err != nil {
			return h, 0, errShortHeader
		}
		size |= int(binary.LittleEndian.Uint16(more)) << 16
		length = 2
	default:
		return h, 0, fmt.Errorf("its format is %d.%d: there are 1.0, 2.0 and 3.0", major, front[len(magic)+1])
	}
	if size > longestHeader {
		return h, 0, fmt.Errorf("its header has %d bytes, more than any array needs", size)
	}
	text := make([]byte, size)
	if _, err := io.ReadFull(r, text); err != nil {
		return h, 0, errShortHeader
	}
	fields, err := parseDict(string(text))
	if err == nil {
		h, err = fieldsOf(fields)
	}
	return h, length + len(front) + size, err
}

var errShortHeader = fmt.Errorf("it ends inside of its header")

// fieldsOf reads the three fields that a header has.
func fieldsOf(fields map[string]any) (h header, err error) {
	descr, ok := fields["descr"].(string)
	if !ok {
		if fields["descr"] != nil {
			return h, fmt.Errorf("its elements are records: arrays have one number or boolean for each")
		}
		return h, fmt.Errorf("its header has no 'descr'")
	}
	if len(descr) < 3 || !strings.ContainsRune("<>|=", rune(descr[0])) {
		return h, fmt.Errorf("its type '%s' is none of numpy's", descr)
	}
	if h.typ, ok = codes[descr[1:]]; !ok {
		return h, fmt.Errorf("its elements are of numpy's type '%s', which arrays do not have: convert it there, as in a.astype(\"f8\")", descr)
	}
	h.swapped = h.typ.Size() > 1 && (descr[0] == '<' && bigEndian || descr[0] == '>' && !bigEndian)
	if h.fortran, ok = fields["fortran_order"].(bool); !ok {
		return h, fmt.Errorf("its header has no 'fortran_order'")
	}
	shape, ok := fields["shape"].([]any)
	if !ok {
		return h, fmt.Errorf("its header has no 'shape'")
	}
	for _, d := range shape {
		n, ok := d.(int)
		if !ok || n < 0 || n > math.MaxInt64/16 {
			return h, fmt.Errorf("its header has the shape %v", shape)
		}
		h.dims = append(h.dims, n)
	}
	return h, nil
}
