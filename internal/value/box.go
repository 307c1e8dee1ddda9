package value

import (
	"encoding/binary"
	"math"
	"unsafe"

	lua "github.com/yuin/gopher-lua"
)

// iface is how Go lays out an interface value: type, then pointer to data.
type iface struct {
	tab  unsafe.Pointer
	data unsafe.Pointer
}

var numberTab = func() unsafe.Pointer {
	v := lua.LValue(lua.LNumber(0.5))
	return (*iface)(unsafe.Pointer(&v)).tab
}()

// boxBlock is how many numbers share an allocation: all of them stay in
// memory while one of them does.
const boxBlock = 64

// boxNumbers puts the numbers of data (little endian) into values, which are as
// many. Making an interface value of a float64 costs an allocation, which for
// long lists is most of the work of decoding, so here they are allocated in
// blocks, as gopher-lua does for the results of arithmetic.
func boxNumbers(data []byte, values []lua.LValue) {
	for len(values) > 0 {
		block := make([]lua.LNumber, min(boxBlock, len(values)))
		for i := range block {
			block[i] = lua.LNumber(math.Float64frombits(binary.LittleEndian.Uint64(data[8*i:])))
			*(*iface)(unsafe.Pointer(&values[i])) = iface{numberTab, unsafe.Pointer(&block[i])}
		}
		data, values = data[8*len(block):], values[len(block):]
	}
}
