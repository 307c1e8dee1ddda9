package array

import (
	"bytes"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"
)

// numpyPython returns a Python that has numpy, "" where none is to be had and
// nothing was to be set up.
func numpyPython(t *testing.T) string {
	for _, name := range []string{"python3", "/usr/bin/python3"} {
		if path, err := exec.LookPath(name); err == nil && exec.CommandContext(t.Context(), path, "-c", "import numpy").Run() == nil {
			return path
		}
	}
	if os.Getenv("MPICLUS_NO_MPI") == "" {
		t.Fatal("no python3 here has numpy (Debian: python3-numpy)")
	}
	t.Skip("no python3 here has numpy, and nothing was to be set up")
	return ""
}

// numpyCases returns how many random cases are compared with numpy:
// MPICLUS_NUMPY_CASES, else 20,000 where all tests are to run, else a few hundred.
func numpyCases(t *testing.T) int {
	if text := os.Getenv("MPICLUS_NUMPY_CASES"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil {
			t.Fatal("MPICLUS_NUMPY_CASES:", err)
		}
		return n
	}
	if os.Getenv("MPICLUS_TEST_ALL") != "" {
		return 20000
	}
	return 600
}

// draw makes a scene of a row, nil where the arrays that were drawn do not fit.
func (row *numpyRow) draw(r *rand.Rand) *scene {
	// gonum's products leave out factors of 0, so that 0 times NaN counts as 0.
	s := &scene{Rand: r, tolerance: row.tolerance, finite: strings.Contains(row.lua, "matmul")}
	types := row.types
	if types == nil {
		types = Types()
	}
	s.bend(s.create(s.shape(), types[s.IntN(len(types))]))
	if row.fits != nil && !row.fits(s) {
		return nil
	}
	if strings.Contains(row.lua, "$1") {
		s.partner(s.arrays[0])
	}
	d := s.IntN(len(s.arrays[0].dims))
	s.both("result = "+strings.NewReplacer("$0", "a0", "$1", "a1", "$d", strconv.Itoa(d+1)).Replace(row.lua),
		"result = "+strings.NewReplacer("$0", "a0", "$1", "a1", "$d", strconv.Itoa(d)).Replace(row.python))
	return s
}

// TestAgainstNumpy compares random cases of all rows with numpy: values, and
// shapes where the result is an array.
func TestAgainstNumpy(t *testing.T) {
	python := numpyPython(t)
	r := rand.New(rand.NewPCG(7, uint64(numpyCases(t))))
	rows := numpyRows()
	var scenes []*scene
	var input bytes.Buffer
	for i := 0; len(scenes) < numpyCases(t); i++ {
		if s := rows[i%len(rows)].draw(r); s != nil {
			scenes = append(scenes, s)
			input.WriteString(strings.ReplaceAll(strings.TrimSuffix(s.python.String(), "\n"), "\n", "; ") + "\n")
		}
	}
	cmd := exec.CommandContext(t.Context(), python, "testdata/numpy_oracle.py")
	cmd.Stdin, cmd.Stderr = &input, os.Stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatal(err)
	}
	lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
	if len(lines) != len(scenes) {
		t.Fatalf("%d answers to %d questions", len(lines), len(scenes))
	}
	L := newState(t)
	if err := L.DoString(`function kept(a, d) local dims = {a:shape()} dims[d] = 1 return dims end`); err != nil {
		t.Fatal(err)
	}
	failed := 0
	for i, s := range scenes {
		wrong := ""
		if err := L.DoString(s.lua.String()); err != nil {
			wrong = L.ToStringMeta(err.(*lua.ApiError).Object).String()
		} else {
			wrong = differs(L.GetGlobal("result"), lines[i], s.tolerance)
		}
		if wrong != "" {
			t.Errorf("%s\n%.1500s%.1500s", wrong, s.lua.String(), s.python.String())
			if failed++; failed == 5 {
				break
			}
		}
	}
}

// differs tells how a result differs from "shape|values" of numpy.
func differs(v lua.LValue, line string, tolerance float64) string {
	shape, values, _ := strings.Cut(line, "|")
	if a, ok := To(v); ok {
		if own := strings.Trim(strings.ReplaceAll(fmt.Sprint(a.Shape()), " ", ","), "[]"); own != shape {
			return fmt.Sprintf("shape %s, want %s", own, shape)
		}
		w, err := a.packedAs(Complex128)
		if err != nil {
			return err.Error()
		}
		return differ(Of[complex128](w), strings.Fields(values), tolerance)
	}
	if b, ok := v.(lua.LBool); ok {
		v = lua.LNumber(boolInt(bool(b)))
	}
	c, ok := ToComplex(v)
	if !ok || shape != "" {
		return fmt.Sprintf("%v, want %s", v, line)
	}
	return differ([]complex128{c}, strings.Fields(values), tolerance)
}

func differ(got []complex128, want []string, tolerance float64) string {
	if len(got) != len(want) {
		return fmt.Sprintf("%d values, want %d", len(got), len(want))
	}
	for i, text := range want {
		re, im, _ := strings.Cut(text, ",")
		x, _ := strconv.ParseFloat(re, 64)
		y, _ := strconv.ParseFloat(im, 64)
		c := complex(x, y)
		same := got[i] == c || cmplx.IsNaN(c) && cmplx.IsNaN(got[i])
		if !same && !(cmplx.Abs(got[i]-c) <= tolerance*math.Max(cmplx.Abs(c), 1)) {
			return fmt.Sprintf("value %d is %v, want %v", i+1, got[i], text)
		}
	}
	return ""
}
