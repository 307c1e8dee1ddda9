package array

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/args"
)

// shapeText writes the lengths of dimensions: "2x3x4".
func shapeText(dims []int) string {
	var b strings.Builder
	for i, d := range dims {
		if i > 0 {
			b.WriteByte('x')
		}
		b.WriteString(strconv.Itoa(d))
	}
	return b.String()
}

// describe names the array in errors: "float64 array of 5", "int32 matrix of 2x3",
// "bool array of 2x3x4".
func (a *Array) describe() string {
	if a.gone() {
		return fmt.Sprintf("%s array whose memory went with %s", a.typ, a.lease.owner)
	}
	if a.matrix() {
		return fmt.Sprintf("%s matrix of %s", a.typ, shapeText(a.dims))
	}
	return fmt.Sprintf("%s array of %s", a.typ, shapeText(a.shape()))
}

// Kind names the array in errors about arguments.
func (a *Array) Kind() string { return a.describe() }

// named is describe with an article: "an int32 matrix of 2x3".
func (a *Array) named() string { return args.WithArticle(a.describe()) }
