package sparse

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"
)

// TravelKind is the kind under which sparse matrices travel in messages.
const TravelKind = "sparse"

// Travel returns the bytes that Decode reads on the other side: rows, columns and
// the number of elements, then how many each row has, then columns, then values.
func (m *Matrix) Travel() (kind string, data []byte, err error) {
	data = make([]byte, 0, 8*(3+m.rows+2*len(m.value)))
	for _, n := range []int{m.rows, m.cols, len(m.value)} {
		data = binary.LittleEndian.AppendUint64(data, uint64(n))
	}
	for i := range m.rows {
		data = binary.LittleEndian.AppendUint64(data, uint64(m.start[i+1]-m.start[i]))
	}
	for _, c := range m.column {
		data = binary.LittleEndian.AppendUint64(data, uint64(c))
	}
	for _, v := range m.value {
		data = binary.LittleEndian.AppendUint64(data, math.Float64bits(v))
	}
	return TravelKind, data, nil
}

// Decode makes the userdata of a matrix that travelled.
func Decode(L *lua.LState, data []byte) (lua.LValue, error) {
	m, err := decode(data)
	if err != nil {
		return nil, fmt.Errorf("a sparse matrix that came is none: %w", err)
	}
	return toLua(L, m), nil
}

func decode(data []byte) (*Matrix, error) {
	if len(data) < 24 || len(data)%8 != 0 {
		return nil, errors.New("its length is wrong")
	}
	next := func() uint64 {
		v := binary.LittleEndian.Uint64(data)
		data = data[8:]
		return v
	}
	rows, cols, count := next(), next(), next()
	words := uint64(len(data) / 8)
	if rows > words || count > words || rows+2*count != words || cols > math.MaxInt64/8 {
		return nil, errors.New("its length does not fit its shape")
	}
	m := &Matrix{rows: int(rows), cols: int(cols), start: make([]int, rows+1), column: make([]int, count), value: make([]float64, count)}
	for i := range m.rows {
		n := next()
		if n > count-uint64(m.start[i]) {
			return nil, errors.New("a row has more elements than all")
		}
		m.start[i+1] = m.start[i] + int(n)
	}
	if m.start[rows] != int(count) {
		return nil, errors.New("the rows have fewer elements than all")
	}
	for k := range m.column {
		c := next()
		if c >= cols {
			return nil, errors.New("a column is outside")
		}
		m.column[k] = int(c)
	}
	for i := range m.rows {
		for k := m.start[i] + 1; k < m.start[i+1]; k++ {
			if m.column[k] <= m.column[k-1] {
				return nil, errors.New("columns do not ascend")
			}
		}
	}
	for k := range m.value {
		m.value[k] = math.Float64frombits(next())
	}
	return m, nil
}
