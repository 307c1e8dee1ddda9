package sparse

import (
	"reflect"
	"strings"
	"testing"
)

func bytesOf(t testing.TB, m *Matrix) []byte {
	kind, data, err := m.Travel()
	if kind != TravelKind || err != nil {
		t.Fatal(kind, err)
	}
	return data
}

// TestTravel: what travelled is the same matrix.
func TestTravel(t *testing.T) {
	for _, m := range []*Matrix{
		fromTriplets(0, 0, nil, nil, nil),
		fromTriplets(0, 5, nil, nil, nil),
		fromTriplets(3, 2, []int{2, 0, 2}, []int{1, 0, 0}, []float64{1, 2, 3}),
		fromTriplets(4, 4, []int{0, 1, 2, 3, 3}, []int{0, 1, 2, 3, 0}, []float64{1, 2, 3, 4, 5}).part(1, 3),
	} {
		got, err := decode(bytesOf(t, m))
		if err != nil || got.String() != m.String() || !reflect.DeepEqual(got.start, m.start) ||
			len(m.value) > 0 && !(reflect.DeepEqual(got.column, m.column) && reflect.DeepEqual(got.value, m.value)) {
			t.Errorf("%v came as %v, %v", m, got, err)
		}
	}
}

// TestDecodeWrong: bytes that make no sense are errors that say why.
func TestDecodeWrong(t *testing.T) {
	good := bytesOf(t, fromTriplets(2, 2, []int{0, 0, 1}, []int{0, 1, 1}, []float64{1, 2, 3}))
	for _, c := range []struct {
		at    int // the word that is changed
		value byte
		want  string
	}{
		{0, 9, "length"}, {1, 1, "column is outside"}, {2, 2, "length"}, {3, 9, "more elements"}, {3, 1, "fewer elements"},
		{5, 1, "ascend"}, {6, 7, "outside"},
	} {
		bad := append([]byte(nil), good...)
		bad[8*c.at] = c.value
		if _, err := decode(bad); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("word %d = %d: %v, want %s", c.at, c.value, err, c.want)
		}
	}
	if _, err := decode(good[:20]); err == nil {
		t.Error("20 bytes are taken")
	}
}

// FuzzDecode: no bytes crash, and what is taken is a matrix that travels on.
func FuzzDecode(f *testing.F) {
	f.Add(bytesOf(f, fromTriplets(2, 2, []int{0, 0, 1}, []int{0, 1, 1}, []float64{1, 2, 3})))
	f.Add([]byte(strings.Repeat("\xff", 48)))
	f.Fuzz(func(t *testing.T, data []byte) {
		m, err := decode(data)
		if err != nil {
			return
		}
		if string(bytesOf(t, m)) != string(data) {
			t.Errorf("%v does not travel on as it came", m)
		}
		x := make([]float64, min(m.cols, 1000))
		if len(x) == m.cols {
			m.multiply(make([]float64, m.rows), x, 1)
		}
	})
}
