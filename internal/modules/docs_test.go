package modules

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/figure"
	"github.com/mpiclus/mpiclus-lua/internal/figure/draw"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luacsv"
	"github.com/mpiclus/mpiclus-lua/internal/luafs"
	"github.com/mpiclus/mpiclus-lua/internal/luajson"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
	"github.com/mpiclus/mpiclus-lua/internal/luamodule/moduletest"
	"github.com/mpiclus/mpiclus-lua/internal/luaplot"
	"github.com/mpiclus/mpiclus-lua/internal/npy"
)

var updateDocs = flag.Bool("update-docs", false, "rewrite the tables of functions in the pages")

// page is a page of the documentation, with the functions that its tables list, by
// what stands in front of their names.
type page struct {
	file string
	rows map[string][]luamodule.Function
	add  func(in *interp.Interp)
}

var pages = []page{
	{"files.md", map[string][]luamodule.Function{"array.": npy.Functions(), "a:": npy.Methods(), "csv.": luacsv.Rows(), "fs.": luafs.Rows(), "json.": luajson.Rows()}, Common},
	{"plot.md", map[string][]luamodule.Function{"plot.": luaplot.Functions(), "f:": luaplot.FigureMethods()}, withPlots},
}

// withPlots draws files here: no program lies beside a test.
func withPlots(in *interp.Interp) {
	Common(in)
	in.AddModule("plot", luaplot.Opener(in, func(_ context.Context, w io.Writer, p *figure.Picture) error { return draw.Write(w, p) }))
}

// TestDocs runs the examples of the pages, wants one of each function, and holds
// their tables against the functions that there are.
func TestDocs(t *testing.T) {
	for _, p := range pages {
		file, err := filepath.Abs(filepath.Join("../../docs", p.file))
		if err != nil {
			t.Fatal(err)
		}
		t.Run(p.file, func(t *testing.T) {
			raw, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			if text := p.withTables(t, string(raw)); text != string(raw) {
				if !*updateDocs {
					t.Errorf("the tables of %s are not those of the code: run go test ./internal/modules -run Docs -update-docs", p.file)
				} else if err := os.WriteFile(file, []byte(text), 0o644); err != nil {
					t.Fatal(err)
				}
			}
			p.showsAll(t, string(raw))
			moduletest.Page(t, p.add, file)
			if *updateDocs {
				copyPlots(t, filepath.Join(filepath.Dir(file), "plots"))
			}
		})
	}
}

// copyPlots makes the pictures that the examples have drawn those of the page.
func copyPlots(t *testing.T, folder string) {
	pictures, err := filepath.Glob("*.png")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range pictures {
		raw, err := os.ReadFile(name)
		if err == nil {
			err = os.WriteFile(filepath.Join(folder, name), raw, 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
}

// withTables returns the text with the tables as they are to be.
func (p page) withTables(t *testing.T, doc string) string {
	const end = "<!-- end -->"
	for prefix, rows := range p.rows {
		begin := fmt.Sprintf("<!-- rows: %s -->\n", prefix)
		before, rest, found := strings.Cut(doc, begin)
		_, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("%s has no place for the rows of %s", p.file, prefix)
		}
		var b strings.Builder
		b.WriteString("| call | gives |\n| --- | --- |\n")
		for _, f := range rows {
			fmt.Fprintf(&b, "| `%s%s(%s)` | %s |\n", prefix, f.Name, f.Args, f.Doc)
		}
		doc = before + begin + b.String() + end + after
	}
	return doc
}

// showsAll wants an example of each function.
func (p page) showsAll(t *testing.T, doc string) {
	var examples strings.Builder
	for i, part := range strings.Split(doc, "```") {
		if i%2 == 1 {
			examples.WriteString(part)
		}
	}
	for prefix, rows := range p.rows {
		for _, f := range rows {
			call := prefix + f.Name
			if i := strings.Index(prefix, ":"); i >= 0 {
				call = prefix[i:] + f.Name
			}
			if !strings.Contains(examples.String(), call) {
				t.Errorf("%s has no example of %s", p.file, prefix+f.Name)
			}
		}
	}
}
