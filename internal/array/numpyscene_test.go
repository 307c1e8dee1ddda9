package array

import (
	"fmt"
	"math/rand/v2"
	"strconv"
	"strings"
)

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
