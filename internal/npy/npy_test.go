package npy

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/dense"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"
)

func add(in *interp.Interp) { in.AddModule("array", Opener(in)) }

func TestScripts(t *testing.T) { moduletest.Scripts(t, add) }

// numpy returns a Python that has numpy.
func numpy(t *testing.T) string {
	t.Helper()
	for _, python := range []string{"python3", "/usr/bin/python3"} {
		if exec.CommandContext(t.Context(), python, "-c", "import numpy").Run() == nil {
			return python
		}
	}
	if os.Getenv("MPICLUS_TEST_ALL") != "" {
		t.Fatal("no python3 with numpy here: apt-get install python3-numpy")
	}
	t.Skip("no python3 with numpy here")
	return ""
}

// TestAgainstNumpy: for every type, shape, order and byte order numpy writes the
// bytes that are written here, and the array that is read of them is the same.
func TestAgainstNumpy(t *testing.T) {
	python, folder := numpy(t), t.TempDir()
	shapes := [][]int{{0}, {1}, {5}, {2, 3}, {2, 3, 4}, {2, 1, 3, 2}, {3, 0, 2}, {1, 4}, {4, 1}, {0, 3}, {30, 40}}
	script := `import numpy as np, sys
shapes = ` + strings.NewReplacer("[", "(", "]", ",)", " ", ", ").Replace(fmt.Sprint(shapes)) + `
names = "int8 int16 int32 int64 uint8 uint16 uint32 uint64 float32 float64 complex64 complex128 bool".split()
for name in names:
    for k, shape in enumerate(shapes):
        n = int(np.prod(shape))
        a = (np.arange(n) % 100 * 3).astype(name).reshape(shape)
        if name.startswith("complex"): a = a + 1j * a
        if name == "bool": a = (np.arange(n) % 3 == 0).reshape(shape)
        a = a.astype(name)
        for order in "CF":
            for end in "<>":
                np.save("%s-%d-%s-%s.npy" % (name, k, order, {"<": "little", ">": "big"}[end]), np.array(a, order=order, dtype=a.dtype.newbyteorder(end)))
np.savez("all.npz", a=np.arange(3.0), b=np.eye(2, dtype="int8"))
np.savez_compressed("small.npz", a=np.arange(1000))
np.save("scalar.npy", np.float64(7))
np.lib.format.write_array(open("two.npy", "wb"), np.arange(4), version=(2, 0))
np.lib.format.write_array(open("three.npy", "wb"), np.arange(4), version=(3, 0))
`
	cmd := exec.CommandContext(t.Context(), python, "-c", script)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
	for _, typ := range array.Types() {
		for k, dims := range shapes {
			want := expected(t, typ, dims)
			for _, f := range []form{{}, {fortran: true}, {swapped: true}, {fortran: true, swapped: true}} {
				compare(t, filepath.Join(folder, fmt.Sprintf("%s-%d-%s-%s.npy", typ, k, pick(f.fortran, "F", "C"), pick(f.swapped != bigEndian, "big", "little"))), want, f)
			}
		}
	}
	moduletest.Run(t, add, "numpy.lua", strings.ReplaceAll(`local array = require "array"
local t = array.load "FOLDER/all.npz"
print(t.a, t.b:tostring())  --> float64 array of 3 {0, 1, 2}	{{1, 0}, {0, 1}}
print(array.load("FOLDER/small.npz").a:sum(), array.load "FOLDER/scalar.npy", array.load "FOLDER/two.npy", array.load "FOLDER/three.npy")  --> 499500	float64 array of 1 {7}	int64 array of 4 {0, 1, 2, 3}	int64 array of 4 {0, 1, 2, 3}
array.savez("FOLDER/ours.npz", {p = array.range(1, 3), q = array.eye(2)}, {compress = true})`, "FOLDER", folder))
	cmd = exec.CommandContext(t.Context(), python, "-c", `import numpy as np
z = np.load("ours.npz")
assert sorted(z.files) == ["p", "q"] and z["p"].tolist() == [1, 2, 3] and z["q"].tolist() == [[1, 0], [0, 1]], z.files`)
	cmd.Dir = folder
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatal(err, string(out))
	}
}

func pick(first bool, a, b string) string {
	if first {
		return a
	}
	return b
}

// expected is the array that the script makes.
func expected(t *testing.T, typ array.Type, dims []int) *array.Array {
	t.Helper()
	n, err := dense.Count(typ, dims)
	if err != nil {
		t.Fatal(err)
	}
	values := make([]complex128, n)
	for i := range values {
		v := float64(uint8(int8(i % 100 * 3)))
		switch typ {
		case array.Bool:
			v = float64((3 - min(i%3, 1)) / 3)
		case array.Int8:
			v = float64(int8(i % 100 * 3))
		case array.Uint8:
		default:
			v = float64(i % 100 * 3)
		}
		values[i] = complex(v, 0)
		if typ == array.Complex64 || typ == array.Complex128 {
			values[i] = complex(v, v)
		}
	}
	a, err := array.FromSlice(values).Convert(typ)
	if err != nil {
		t.Fatal(err)
	}
	a, err = dense.Wrap(typ, dims, a.Bytes())
	if err != nil {
		t.Fatal(err)
	}
	return a
}

// compare wants that numpy's file has the bytes that are written here, and is read
// as the array.
func compare(t *testing.T, file string, want *array.Array, f form) {
	t.Helper()
	raw, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var ours bytes.Buffer
	if err := writeArray(t.Context(), &ours, want, f); err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(ours.Bytes(), raw) {
		t.Errorf("%s: numpy writes\n%.200q\nand here is\n%.200q", filepath.Base(file), raw, ours.Bytes())
	}
	got, err := readArray(t.Context(), bytes.NewReader(raw), wish{})
	if err != nil || !got.Equal(want) || got.Type() != want.Type() {
		t.Errorf("%s: read as %v, want %v, %v", filepath.Base(file), got, want, err)
	}
}

// TestInterrupted: a context that ends stops reads and writes.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	a := array.New(array.Float64, 10)
	var b bytes.Buffer
	if err := writeArray(t.Context(), &b, a, form{}); err != nil {
		t.Fatal(err)
	}
	if _, err := readArray(ctx, &b, wish{}); err == nil {
		t.Error("the read went on")
	}
	if err := writeArray(ctx, io.Discard, a, form{}); err == nil {
		t.Error("the write went on")
	}
}

// TestTurned: three dimensions, for the day on which arrays have them.
func TestTurned(t *testing.T) {
	dims := []int{2, 3, 4}
	c := make([]byte, 24)
	for i := range c {
		c[i] = byte(i)
	}
	f := turned(c, 1, dims)
	for i := range 2 {
		for j := range 3 {
			for k := range 4 {
				if got := f[i+2*j+6*k]; got != c[12*i+4*j+k] {
					t.Fatalf("element %d, %d, %d is %d", i, j, k, got)
				}
			}
		}
	}
	if back := turned(f, 1, []int{4, 3, 2}); !bytes.Equal(back, c) {
		t.Errorf("turned twice: %v", back)
	}
}

// FuzzRead: no file makes more than an error, and what is read is written as a file
// that gives the same again.
func FuzzRead(f *testing.F) {
	for _, a := range []*array.Array{array.New(array.Int16, 3), array.NewShaped(array.Complex64, 2, 2), array.New(array.Bool, 0)} {
		for _, as := range []form{{}, {fortran: true, swapped: true}} {
			var b bytes.Buffer
			if err := writeArray(f.Context(), &b, a, as); err != nil {
				f.Fatal(err)
			}
			f.Add(b.Bytes())
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte) {
		a, err := readArray(t.Context(), bytes.NewReader(raw), wish{})
		if err != nil {
			return
		}
		var b bytes.Buffer
		if err := writeArray(t.Context(), &b, a, form{}); err != nil {
			t.Fatal(err)
		}
		again, err := readArray(t.Context(), &b, wish{})
		if err != nil || !bytes.Equal(again.Bytes(), a.Bytes()) {
			t.Errorf("%v was read as %v, %v", a, again, err)
		}
	})
}
