package modules

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/fft"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/function"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/integrate"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/interpolate"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/linalg"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/optimize"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/random"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/sparse"
	"github.com/mpiclus/mpiclus-lua/internal/numerics/stats"
)

const numericsFile = "../../docs/numerics.md"

// chapters are the tables of functions in the documentation: the name of each, how
// a call of its functions begins, and its rows.
var chapters = []struct {
	name, prefix string
	rows         []function.Row
}{
	{"random", "random.", random.Rows()},
	{"stream", "s:", random.MethodRows()[:2]},
	{"sample", "stats.", stats.SampleRows()},
	{"tests", "stats.", stats.TestRows()},
	{"distributions", "stats.", stats.DistributionRows()},
	{"distribution", "d:", stats.MethodRows()},
	{"fft", "fft.", fft.Rows()},
	{"optimize", "optimize.", optimize.Rows()},
	{"integrate", "integrate.", integrate.Rows()},
	{"interpolate", "interpolate.", interpolate.Rows()},
	{"interpolant", "curve:", interpolate.MethodRows()},
	{"sparse", "sparse.", sparse.Rows()},
	{"sparse matrix", "m:", sparse.MethodRows()},
	{"linalg", "linalg.", linalg.Rows()},
}

// table writes rows as the documentation shows them.
func table(prefix string, rows []function.Row) string {
	var b strings.Builder
	b.WriteString("| call | gives |\n| --- | --- |\n")
	for _, f := range rows {
		fmt.Fprintf(&b, "| `%s%s(%s)` | %s |\n", prefix, f.Name, f.Args, f.Doc)
	}
	return b.String()
}

// TestNumericsTables holds the tables in docs/numerics.md against the functions that
// there are, and wants an example of each.
func TestNumericsTables(t *testing.T) {
	raw, err := os.ReadFile(numericsFile)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	var examples strings.Builder
	for i, part := range strings.Split(doc, "```") {
		if i%2 == 1 {
			examples.WriteString(part)
		}
	}
	for _, c := range chapters {
		begin := "<!-- rows: " + c.name + " -->\n"
		before, rest, ok := strings.Cut(doc, begin)
		have, after, ends := strings.Cut(rest, "<!-- end -->")
		if !ok || !ends {
			t.Errorf("no table %s in %s", c.name, numericsFile)
			continue
		}
		want := table(c.prefix, c.rows)
		if have != want && !*updateDocs {
			t.Errorf("the table %s differs from the functions: go test ./internal/modules -run Numerics -update-docs", c.name)
		}
		doc = before + begin + want + "<!-- end -->" + after
		for _, r := range c.rows {
			if !regexp.MustCompile(`[.:]` + r.Name + `[({"]`).MatchString(examples.String()) {
				t.Errorf("no example of %s%s", c.prefix, r.Name)
			}
		}
	}
	if *updateDocs && doc != string(raw) {
		if err := os.WriteFile(numericsFile, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestNumericsExamples runs the examples of the page.
func TestNumericsExamples(t *testing.T) {
	file, err := filepath.Abs(numericsFile)
	if err != nil {
		t.Fatal(err)
	}
	moduletest.Examples(t, file, func(name, script string) { runScript(t, name, script) })
}
