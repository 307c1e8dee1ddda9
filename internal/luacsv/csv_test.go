package luacsv

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"
)

func add(in *interp.Interp) {
	in.AddModule("array", array.Open)
	in.AddModule("csv", Opener(in))
}

func TestScripts(t *testing.T) { moduletest.Scripts(t, add) }

// TestAgainstPython: Python's csv reads what is written as the fields that were
// given, and what it writes of them is read as the same again.
func TestAgainstPython(t *testing.T) {
	python, err := exec.LookPath("python3")
	if err != nil && os.Getenv("MPICLUS_NO_MPI") != "" {
		t.Skip("no python3 here, and nothing was to be set up")
	}
	r := rand.New(rand.NewPCG(3, 4))
	pieces := []string{"a", ",", "\"", "\n", ";", " ", "é", "", "\t", "x y", "#"}
	const rows, cols = 400, 4
	all := make([][]string, rows)
	w := &writer{sep: ',', rows: rows}
	for i := range all {
		for range cols {
			s := "s" // so that no row is empty
			for range r.IntN(4) {
				s += pieces[r.IntN(len(pieces))]
			}
			all[i] = append(all[i], s)
		}
	}
	for j := range cols {
		w.columns = append(w.columns, func(b []byte, i int) []byte { return append(b, all[i][j]...) })
	}
	var text bytes.Buffer
	if err := w.write(t.Context(), &text); err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), python, "-c", `import csv, io, json, sys
rows = list(csv.reader(io.StringIO(sys.stdin.buffer.read().decode(), newline="")))
out = io.StringIO()
csv.writer(out).writerows(rows)
json.dump([rows, out.getvalue()], sys.stdout)`)
	cmd.Stdin = &text
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	var read [][]string
	var again string
	if err := json.Unmarshal(out, &[]any{&read, &again}); err != nil {
		t.Fatal(err)
	}
	if fmt.Sprint(read) != fmt.Sprint(all) {
		t.Error("Python reads other fields")
	}
	f, err := (&reader{sep: ',', limit: -1}).read(t.Context(), func() (io.Reader, error) { return strings.NewReader(again), nil })
	if err != nil {
		t.Fatal(err)
	}
	for i := range all {
		for j, c := range f.columns {
			if string(c.list[i].(lua.LString)) != all[i][j] {
				t.Errorf("row %d, column %d is %q, want %q", i+1, j+1, c.list[i], all[i][j])
			}
		}
	}
}

// TestNumbers: every number that is written is read as the same number.
func TestNumbers(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	want := []float64{0, math.Copysign(0, -1), 1, 1 << 53, 1e21, 5e-324, math.MaxFloat64, math.Inf(1), math.NaN(), 0.1}
	for range 5000 {
		want = append(want, math.Float64frombits(r.Uint64()))
	}
	w := &writer{sep: ',', rows: len(want)}
	w.columns = append(w.columns, w.element(array.FromSlice(want)))
	var text strings.Builder
	if err := w.write(t.Context(), &text); err != nil {
		t.Fatal(err)
	}
	f, err := (&reader{sep: ',', limit: -1, gaps: map[string]bool{"": true}}).read(t.Context(), func() (io.Reader, error) { return strings.NewReader(text.String()), nil })
	if err != nil {
		t.Fatal(err)
	}
	got := array.Of[float64](f.columns[0].array)
	for i, x := range want {
		if math.Float64bits(got[i]) != math.Float64bits(x) && !(math.IsNaN(x) && math.IsNaN(got[i])) {
			t.Errorf("%v was read as %v", x, got[i])
		}
	}
}

// TestInterrupted: a context that ends stops a read and a write, and a file that was
// there keeps what it had.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	text := strings.Repeat("1\n", 3*checkEvery)
	if _, err := (&reader{sep: ',', limit: -1}).read(ctx, func() (io.Reader, error) { return strings.NewReader(text), nil }); err == nil {
		t.Error("the read went on")
	}
	if err := (&writer{rows: 1, sep: ','}).write(ctx, io.Discard); err == nil {
		t.Error("the write went on")
	}
}

// FuzzRead: no text makes more than an error, and all columns have a value for
// each row.
func FuzzRead(f *testing.F) {
	for _, text := range []string{"a,b\n1,2\n", "a\n\"x\ny\"\n", "\"", "a,a\n", "x\n1\nabc\n", "\ufeffa\n9007199254740993\n", "a\r\ntrue\r\n\r\n"} {
		f.Add(text, true)
	}
	f.Fuzz(func(t *testing.T, text string, header bool) {
		got, err := (&reader{sep: ',', limit: -1, header: header, gaps: map[string]bool{"": true}}).read(t.Context(), func() (io.Reader, error) { return strings.NewReader(text), nil })
		if err != nil {
			return
		}
		for i, c := range got.columns {
			n := len(c.list)
			if c.array != nil {
				n = c.array.Len()
			}
			if n != got.rows {
				t.Errorf("column %d has %d values, there are %d rows", i+1, n, got.rows)
			}
		}
	})
}
