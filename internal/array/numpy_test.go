package array

import (
	"bytes"
	"fmt"
	"math"
	"math/cmplx"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
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

// scene is one random case: the same variables and expression in both languages.
type scene struct {
	*rand.Rand
	lua, python strings.Builder
	arrays      []*drawn
	tolerance   float64
	finite      bool // no NaN
}

// drawn is an array of a scene.
type drawn struct {
	name string
	dims []int
	typ  Type
}

func (d *drawn) size() int {
	n := 1
	for _, k := range d.dims {
		n *= k
	}
	return n
}

// both writes a line to both programs.
func (s *scene) both(luaLine, pythonLine string) {
	s.lua.WriteString(luaLine + "\n")
	s.python.WriteString(pythonLine + "\n")
}

// shape draws the lengths of up to four dimensions, now and then one of 0.
func (s *scene) shape() []int {
	dims := make([]int, 1+s.IntN(4))
	for d := range dims {
		dims[d] = 1 + s.IntN(4)
		if s.IntN(40) == 0 {
			dims[d] = 0
		}
	}
	if len(dims) < 3 && s.IntN(4) == 0 { // runs that are long enough for the loops of long ones
		dims[len(dims)-1] = 15 + s.IntN(30)
	}
	return dims
}

// literal draws a value of a type: the same in both languages.
func (s *scene) literal(t Type) (inLua, inPython string) {
	n := s.IntN(9)
	switch t.class() {
	case boolean:
		if n%2 == 0 {
			return "true", "True"
		}
		return "false", "False"
	case unsigned:
		return strconv.Itoa(n), strconv.Itoa(n)
	case complexed:
		im := s.IntN(5) - 2
		return fmt.Sprintf("(array.complex(%d, %d))", n-4, im), fmt.Sprintf("complex(%d, %d)", n-4, im)
	case float:
		if s.IntN(60) == 0 && !s.finite {
			return "0/0", "nan"
		}
		return fmt.Sprintf("%g", float64(n-4)/2), fmt.Sprintf("%g", float64(n-4)/2)
	}
	return strconv.Itoa(n - 4), strconv.Itoa(n - 4)
}

// create draws an array of a shape and type, with a name.
func (s *scene) create(dims []int, t Type) *drawn {
	d := &drawn{name: fmt.Sprintf("a%d", len(s.arrays)), dims: dims, typ: t}
	s.arrays = append(s.arrays, d)
	inLua, inPython := make([]string, d.size()), make([]string, d.size())
	for i := range inLua {
		inLua[i], inPython[i] = s.literal(t)
	}
	shape := strings.Trim(strings.ReplaceAll(fmt.Sprint(dims), " ", ", "), "[]")
	s.both(fmt.Sprintf("%s = array.from({%s}, %q):reshape{%s}", d.name, strings.Join(inLua, ", "), t, shape),
		fmt.Sprintf("%s = np.array([%s], dtype=%q).reshape(%s)", d.name, strings.Join(inPython, ", "), t, shape))
	return d
}

// bend turns an array into a view of it, of any strides.
func (s *scene) bend(d *drawn) {
	for range s.IntN(3) {
		switch s.IntN(3) {
		case 0:
			s.both(d.name+" = "+d.name+":t()", d.name+" = "+d.name+".T if "+d.name+".ndim > 1 else "+d.name+".reshape(-1, 1)")
			if len(d.dims) == 1 {
				d.dims = []int{d.dims[0], 1}
				continue
			}
			dims := make([]int, len(d.dims))
			for i := range dims {
				dims[i] = d.dims[len(dims)-1-i]
			}
			d.dims = dims
		case 1:
			order := s.Perm(len(d.dims))
			one, zero, dims := make([]string, len(order)), make([]string, len(order)), make([]int, len(order))
			for i, o := range order {
				one[i], zero[i], dims[i] = strconv.Itoa(o+1), strconv.Itoa(o), d.dims[o]
			}
			s.both(fmt.Sprintf("%s = %s:permute{%s}", d.name, d.name, strings.Join(one, ", ")),
				fmt.Sprintf("%s = %s.transpose(%s)", d.name, d.name, strings.Join(zero, ", ")))
			d.dims = dims
		default:
			s.cut(d)
		}
	}
}

// cut takes a slice of an array.
func (s *scene) cut(d *drawn) {
	var inLua, inPython []string
	var dims []int
	for k, n := range d.dims {
		switch {
		case n > 0 && s.IntN(8) == 0 && (len(dims) > 0 || k < len(d.dims)-1):
			i := s.IntN(n)
			inLua, inPython = append(inLua, strconv.Itoa(i+1)), append(inPython, strconv.Itoa(i))
		case n > 1 && s.IntN(2) == 0:
			first, last, step := s.IntN(n), s.IntN(n), 1+s.IntN(2)
			end := last + 1
			text := strconv.Itoa(end)
			if first > last {
				step = -step
				if end = last - 1; end >= 0 {
					text = strconv.Itoa(end)
				} else {
					text = ""
				}
			}
			inLua = append(inLua, fmt.Sprintf("{%d, %d, %d}", first+1-s.IntN(2)*(n+1), last+1, step))
			inPython = append(inPython, fmt.Sprintf("%d:%s:%d", first, text, step))
			dims = append(dims, (last-first)/step+1)
		default:
			inLua, inPython = append(inLua, "{}"), append(inPython, ":")
			dims = append(dims, n)
		}
	}
	if len(dims) == 0 {
		return
	}
	s.both(fmt.Sprintf("%s = %s:slice{%s}", d.name, d.name, strings.Join(inLua, ", ")),
		fmt.Sprintf("%s = %s[%s]", d.name, d.name, strings.Join(inPython, ", ")))
	d.dims = dims
}

// numpyRow is one thing that both can compute. $0, $1, ... are the arrays, $d a
// dimension from 1 in Lua and from 0 in Python.
type numpyRow struct {
	lua, python string
	types       []Type // of the arrays; nil: any
	tolerance   float64
	fits        func(s *scene) bool // after the arrays were drawn
}

var (
	realTypes  = []Type{Int8, Int16, Int32, Int64, Uint8, Uint16, Uint32, Uint64, Float32, Float64}
	floatTypes = []Type{Float32, Float64}
	wideTypes  = []Type{Int64, Float64, Complex128}
	notEmpty   = func(s *scene) bool { return s.arrays[0].size() > 0 }
	isMatrix   = func(s *scene) bool { return len(s.arrays[0].dims) == 2 && s.arrays[0].size() > 0 }
)

var viewRows = []numpyRow{
	{"$0", "$0", nil, 0, nil},
	{"$0:copy()", "$0", nil, 0, nil},
	{"$0 + $0", "$0 + $0", wideTypes, 0, nil},
	{"$0 * 2 - $0", "$0 * 2 - $0", wideTypes, 0, nil},
	{"$0 + $0:copy()", "$0 + $0", wideTypes, 0, nil},
	{"1 - $0", "1 - $0", wideTypes, 0, nil},
	{"-$0", "-$0", wideTypes, 0, nil},
	{"$0:lt($0:copy():fill(1))", "$0 < 1", realTypes, 0, nil},
	{"$0:eq($0)", "$0 == $0", nil, 0, nil},
	{"$0:to'complex128'", "$0.astype('complex128')", nil, 0, nil},
	{"$0:abs()", "abs($0)", []Type{Int32, Uint8, Float32, Float64, Complex128}, 1e-15, nil},
	{"$0:exp()", "np.exp($0)", []Type{Float64, Complex128}, 1e-14, nil},
	{"$0:floor()", "np.floor($0)", floatTypes, 0, nil},
	{"$0:re()", "$0.real", []Type{Float64, Complex64, Complex128}, 0, nil},
	{"$0:conj()", "$0.conj()", []Type{Complex64, Complex128}, 0, nil},
	{"$0:copy():fill(3)", "np.full_like($0, 3)", []Type{Float32, Int8}, 0, nil},
	{"$0:sum()", "$0.sum()", []Type{Int8, Uint16, Int64, Float64, Complex128, Bool}, 1e-14, nil},
	{"$0:norm()", "np.linalg.norm($0.ravel())", []Type{Float64, Complex128, Int8}, 1e-14, nil},
	{"$0:max()", "$0.max()", realTypes, 0, notEmpty},
	{"$0:argmin()", "$0.argmin() + 1", realTypes, 0, notEmpty},
	{"$0:mean()", "$0.mean()", []Type{Float64, Int16, Complex128, Bool}, 1e-14, notEmpty},
	{"$0:var()", "$0.var()", []Type{Float64, Int16, Complex128}, 1e-13, notEmpty},
	{"$0:any()", "$0.any()", nil, 0, nil},
	{"$0:all()", "$0.all()", nil, 0, nil},
	{"$0:copy():flat():cumsum()", "$0.cumsum()", []Type{Float64, Int64, Complex128}, 1e-14, nil},
	{"$0:cumsum():flat()", "$0.cumsum()", []Type{Float64, Int64, Complex128}, 1e-14, nil},
	{"$0:copy():sort():flat()", "np.sort($0, axis=None)", realTypes, 0, nil},
	{"$0:copy():reshape(-1, 1)", "$0.reshape(-1, 1)", nil, 0, notEmpty},
	{"array.concat({$0, $0}, $d)", "np.concatenate([$0, $0], axis=$d)", nil, 0, nil},
	{"array.stack({$0, $0}, $d)", "np.stack([$0, $0], axis=$d)", nil, 0, nil},
	{"$0:squeeze()", "$0.squeeze() if $0.squeeze().ndim else $0.reshape(1)", nil, 0, nil},
	{"array.from($0:totable(), $0:type())", "$0", nil, 0, notEmpty},
	{"array.frombytes($0:tobytes(), $0:type())", "$0.ravel()", nil, 0, nil},
	{"$0:t():matmul($0)", "$0.T @ $0", []Type{Int64, Float64, Complex128}, 1e-13, isMatrix},
	{"$0:matmul($0:t())", "$0 @ $0.T", []Type{Int64, Float32, Float64, Complex64, Complex128}, 1e-6, isMatrix},
	{"$0:matmul($0:row(1))", "$0 @ $0[0]", []Type{Int64, Float64, Complex128}, 1e-13, isMatrix},
	{"array.linalg.norm($0, 1)", "np.linalg.norm($0, 1)", []Type{Float64}, 1e-14, isMatrix},
	{"$0:copy():axpy(2, $0)", "$0 + 2 * $0", wideTypes, 0, nil},
	{"$0:scale(2)", "2 * $0", wideTypes, 0, nil},
	{"$0:axpy(2, $0:copy())", "$0 + 2 * $0", wideTypes, 0, nil},
	{"$0:map(function(x) return x end)", "$0", nil, 0, nil},
}

// pairRows have a second array whose shape matches that of the first, $1.
var pairRows = []numpyRow{
	{"$0 + $1", "$0 + $1", wideTypes, 0, nil},
	{"$0 * $1 - $0", "$0 * $1 - $0", wideTypes, 0, nil},
	{"$1 - $0", "$1 - $0", wideTypes, 0, nil},
	{"$1 % $0:abs():add(1)", "$1 % (abs($0) + 1)", []Type{Int64, Float64}, 0, nil},
	{"$0:lt($1)", "$0 < $1", realTypes, 0, nil},
	{"$1:ne($0)", "$1 != $0", nil, 0, nil},
	{"($0 + $1):add($1)", "$0 + $1 + $1", wideTypes, 0, nil},
	{"($0 * 2):sub($0)", "$0", wideTypes, 0, nil},
	{"array.concat({$0, $0}, $d):mul(array.concat({$0, $0}, $d))", "np.concatenate([$0, $0], axis=$d) ** 2", wideTypes, 0, nil},
	{"$0:add($0)", "$0 + $0", wideTypes, 0, nil},
	{"$0:t():add($0:t()):t()", "$0 + $0", wideTypes, 0, func(s *scene) bool { return len(s.arrays[0].dims) > 1 }},
	{"$0:div(4)", "$0 / 4", []Type{Float32, Float64, Complex128}, 0, nil},
	{"$0:pow(2)", "$0 ** 2", []Type{Float64, Complex128}, 1e-14, nil},
	{"array.where($0:gt($1), $0, $1)", "np.where($0 > $1, $0, $1)", realTypes, 0, nil},
	{"array.where($0:gt(0), $1, 7)", "np.where($0 > 0, $1, 7)", []Type{Float64, Int32}, 0, nil},
	{"$0:hypot($1)", "np.hypot($0, $1)", []Type{Float64, Int32, Float32}, 1e-6, nil},
	{"$0:atan2($1)", "np.arctan2($0, $1)", []Type{Float64, Int32}, 1e-15, nil},
	{"$0:outer($1)", "np.outer($0, $1)", wideTypes, 0, nil},
}

// laneRows reduce along a dimension.
var laneRows = []numpyRow{
	{"$0:sum($d)", "$0.sum(axis=$d)", []Type{Int8, Uint16, Int64, Float64, Complex128, Bool}, 1e-14, nil},
	{"$0:prod($d)", "$0.prod(axis=$d)", []Type{Int8, Float64, Complex128}, 1e-13, nil},
	{"$0:min($d)", "$0.min(axis=$d)", realTypes, 0, notEmpty},
	{"$0:max(-1)", "$0.max(axis=-1)", realTypes, 0, notEmpty},
	{"$0:argmin($d)", "$0.argmin(axis=$d) + 1", realTypes, 0, notEmpty},
	{"$0:argmax($d)", "$0.argmax(axis=$d) + 1", realTypes, 0, notEmpty},
	{"$0:mean($d)", "$0.mean(axis=$d)", []Type{Int16, Float32, Float64, Complex128, Bool}, 1e-6, notEmpty},
	{"$0:var(0, $d)", "$0.var(axis=$d)", []Type{Int16, Float64, Complex128}, 1e-13, notEmpty},
	{"$0:std(nil, $d)", "$0.std(axis=$d)", []Type{Float64}, 1e-13, notEmpty},
	{"$0:norm(2, $d)", "np.linalg.norm($0, axis=$d)", []Type{Float64, Complex128}, 1e-13, nil},
	{"$0:norm(1, $d)", "np.linalg.norm($0, 1, axis=$d)", []Type{Float64}, 1e-13, nil},
	{"$0:cumsum($d)", "$0.cumsum(axis=$d)", []Type{Int8, Float64, Complex128, Bool}, 1e-14, nil},
	{"$0:all($d)", "$0.all(axis=$d)", nil, 0, nil},
	{"$0:any($d)", "$0.any(axis=$d)", nil, 0, nil},
	{"$0:sort(nil, $d)", "np.sort($0, axis=$d)", realTypes, 0, nil},
	{"$0:argsort(nil, $d)", "np.argsort($0, axis=$d, kind='stable') + 1", realTypes, 0, nil},
	{"$0:diff($d)", "np.diff($0, axis=$d)", []Type{Int64, Float64, Complex128}, 0, nil},
	{"$0 - $0:mean($d):copy():reshape(kept($0, $d))", "$0 - $0.mean(axis=$d, keepdims=True)", []Type{Float64}, 1e-14,
		func(s *scene) bool { return notEmpty(s) && len(s.arrays[0].dims) > 1 }},
}

// pickingRows pick elements, or make others of them.
var pickingRows = []numpyRow{
	{"$0[$0:gt(0)]", "$0[$0 > 0]", realTypes, 0, nil},
	{"$0:where($0:ne(0))", "$0[$0 != 0]", []Type{Int8, Float64, Complex64}, 0, nil},
	{"(function() $0[$0:lt(1)] = 5 return $0 end)()", "np.where($0 < 1, 5, $0)", realTypes, 0, nil},
	{"(function() $0:set($0:lt(1), $0[$0:lt(1)] * 0) return $0 end)()", "np.where($0 < 1, $0 * 0, $0)", realTypes, 0, nil},
	{"$0:take{1, -1, 1}", "$0.ravel()[[0, -1, 0]]", nil, 0, notEmpty},
	{"$0:take({1, -1}, $d)", "np.take($0, [0, -1], axis=$d)", nil, 0, notEmpty},
	{"$0:copy():put({1, -1}, $0:take{-1, 1})", "np.concatenate([$0.ravel()[-1:], $0.ravel()[1:-1], $0.ravel()[:1]]).reshape($0.shape)", nil, 0,
		func(s *scene) bool { return s.arrays[0].size() > 1 }},
	{"$0:clip(1, 3)", "np.clip($0, 1, 3)", realTypes, 0, nil},
	{"($0:unique())", "np.unique($0)", realTypes, 0, nil},
	{"select(2, $0:unique())", "np.unique($0, return_counts=True)[1]", realTypes, 0, nil},
	{"$0:copy():flat():sort():searchsorted($0)", "np.searchsorted(np.sort($0, axis=None), $0) + 1", realTypes, 0, nil},
	{"$0:copy():flat():sort():searchsorted($0, 'right')", "np.searchsorted(np.sort($0, axis=None), $0, 'right') + 1", realTypes, 0, nil},
	{"($0:histogram(5, -2, 2))", "np.histogram($0, 5, (-2, 2))[0]", realTypes, 0, nil},
	{"($0:histogram{-2, 0, 0.5, 2})", "np.histogram($0, [-2, 0, 0.5, 2])[0]", realTypes, 0, nil},
	{"$0:kron($0)", "np.kron($0, $0)", []Type{Int64, Float64, Complex128}, 0, isMatrix},
	{"$0:diag($d - 1)", "np.diag($0, $d)", nil, 0, isMatrix},
	{"$0:diag(1 - $d)", "np.diag($0, -$d)", nil, 0, isMatrix},
	{"$0:trace()", "np.trace($0)", []Type{Int64, Float64}, 1e-14, isMatrix},
	{"(array.meshgrid($0:col(1), $0:row(1)))", "np.meshgrid($0[:, 0], $0[0])[0]", nil, 0, isMatrix},
	{"select(2, array.meshgrid($0:col(1), $0:row(1)))", "np.meshgrid($0[:, 0], $0[0])[1]", nil, 0, isMatrix},
	{"$0:sign()", "np.sign($0)", realTypes, 0, nil},
	{"$0:isnan()", "np.isnan($0)", []Type{Float32, Float64, Complex128}, 0, nil},
	{"($0 / 0):isinf()", "np.isinf($0 / 0)", []Type{Float32, Float64}, 0, nil},
	{"($0 / 0):isfinite()", "np.isfinite($0 / 0)", []Type{Float32, Float64}, 0, nil},
	{"$0:exp2()", "np.exp2($0)", []Type{Float64}, 1e-15, nil},
	{"$0:expm1()", "np.expm1($0)", []Type{Float64}, 1e-15, nil},
	{"$0:abs():log1p()", "np.log1p(abs($0))", []Type{Float64}, 1e-15, nil},
	{"$0:abs():add(1):log2()", "np.log2(abs($0) + 1)", []Type{Float64}, 1e-15, nil},
}

// partner draws an array whose shape matches that of another: dimensions of length 1,
// or that are missing, are stretched.
func (s *scene) partner(of *drawn) {
	dims := append([]int(nil), of.dims[s.IntN(len(of.dims)):]...)
	for d := range dims {
		if s.IntN(3) == 0 {
			dims[d] = 1
		}
	}
	last := len(dims) - 1
	dims[last] *= 2
	d := s.create(dims, of.typ)
	skip := make([]string, last+1)
	slice := make([]string, last+1)
	for i := range skip {
		skip[i], slice[i] = "{}", ":"
	}
	if s.IntN(2) == 0 || dims[last] == 0 {
		skip[last], slice[last] = "{1, -1, 2}", "::2"
	} else {
		skip[last], slice[last] = "{-1, 1, -2}", "::-2"
	}
	if dims[last] == 0 {
		skip[last], slice[last] = "{}", ":"
	}
	s.both(fmt.Sprintf("%s = %s:slice{%s}", d.name, d.name, strings.Join(skip, ", ")), fmt.Sprintf("%s = %s[%s]", d.name, d.name, strings.Join(slice, ", ")))
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

// numpyRows lists all that is compared.
func numpyRows() []numpyRow { return slices.Concat(viewRows, pairRows, laneRows, pickingRows) }

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
