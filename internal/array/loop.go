package array

import "unsafe"

// chunk is how many elements of an array are copied together, or a number is
// repeated, at a time, where a function needs them one after the other.
const chunk = 512

// shortRun is the length from which runs of elements are worth a call of a
// function each.
const shortRun = 16

// inRuns calls f for all elements of dst, x and y, which have one shape, run by
// run: f sees vectors whose elements follow one another. It returns the index for
// which f failed, or -1. Where dst shares memory with x or y, it must be the same
// elements at the same places.
func inRuns(dst, x, y *Array, f func(dst, x, y *Array) int) int {
	if dst.n == 0 || dst.steps == nil && x.steps == nil && y.steps == nil {
		return f(dst, x, y)
	}
	dims, strides := join(dst.shape(), dst.strides(), x.strides(), y.strides())
	last := len(dims) - 1
	if last > 0 && dims[last] < shortRun {
		out := dst
		if dst.steps != nil {
			out = dst.like(dst.typ)
		}
		if bad := f(out, x.Packed(), y.Packed()); bad >= 0 {
			return bad
		}
		if out != dst {
			move(dst, out)
		}
		return -1
	}
	r := runs{f: f, dims: dims[:last], count: dims[last], piece: dims[last]}
	for k, a := range []*Array{dst, x, y} {
		r.sides[k] = track{steps: strides[k][:last], inner: strides[k][last], part: Array{typ: a.typ}}
		if r.sides[k].inner != 1 {
			r.piece = min(r.piece, chunk)
		}
	}
	for k := range r.sides {
		if t := &r.sides[k]; t.inner != 1 {
			t.buffer = New(t.part.typ, r.piece)
		}
	}
	return r.walk(0, [3]unsafe.Pointer{dst.p, x.p, y.p})
}

// runs is a loop of inRuns: the outer dimensions, and the length of a run.
type runs struct {
	f     func(dst, x, y *Array) int
	dims  []int
	count int // elements of a run
	piece int // of them that f gets at a time
	sides [3]track
	done  int // elements of the runs before
}

// track is one array in a loop.
type track struct {
	steps  []int
	inner  int            // step within a run
	part   Array          // what the function gets
	buffer *Array         // for elements that do not follow one another, else nil
	filled unsafe.Pointer // the element that fills the buffer
}

func (r *runs) walk(d int, at [3]unsafe.Pointer) int {
	if d == len(r.dims) {
		return r.run(at)
	}
	for i := range r.dims[d] {
		in := at // never a pointer behind the last element: it would keep a neighbour alive
		for k := range in {
			in[k] = r.sides[k].move(at[k], i*r.sides[k].steps[d])
		}
		if bad := r.walk(d+1, in); bad >= 0 {
			return bad
		}
	}
	return -1
}

func (r *runs) run(at [3]unsafe.Pointer) int {
	dst, x, y := &r.sides[0], &r.sides[1], &r.sides[2]
	for first := 0; first < r.count; first += r.piece {
		n := min(r.piece, r.count-first)
		x.read(at[1], first, n)
		y.read(at[2], first, n)
		dst.aim(at[0], first, n)
		if bad := r.f(&dst.part, &x.part, &y.part); bad >= 0 {
			return r.done + first + bad
		}
		if dst.buffer != nil {
			moveSized(dst.part.typ.Size(), dst.move(at[0], first*dst.inner), dst.buffer.p, n, dst.inner, 1)
		}
	}
	r.done += r.count
	return -1
}

// move returns the place of an element that lies so many after that at p.
func (t *track) move(p unsafe.Pointer, count int) unsafe.Pointer {
	return unsafe.Add(p, count*t.part.typ.Size())
}

// aim makes part the place for n elements of a run from first.
func (t *track) aim(p unsafe.Pointer, first, n int) {
	t.part.n = n
	if t.buffer == nil {
		t.part.p = t.move(p, first)
	} else {
		t.part.p = t.buffer.p
	}
}

// read makes part n elements of a run from first.
func (t *track) read(p unsafe.Pointer, first, n int) {
	t.aim(p, first, n)
	switch {
	case t.buffer == nil:
	case t.inner != 0:
		moveSized(t.part.typ.Size(), t.buffer.p, t.move(p, first*t.inner), n, 1, t.inner)
	case t.filled != p:
		moveSized(t.part.typ.Size(), t.buffer.p, p, t.buffer.n, 1, 0)
		t.filled = p
	}
}
