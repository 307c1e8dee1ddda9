package tests

import (
	"os"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// pages are those pages of the documentation whose examples, one after the
// other, are a script.
var pages = []string{"from-mpi4py.md", "from-julia.md", "from-ipyparallel.md", "debugging.md"}

var prose = regexp.MustCompile("(?s)(?:^|```\n).*?(?:```lua\n|$)")

// TestPages runs the examples of the documentation, with the line numbers of
// the page.
func TestPages(t *testing.T) {
	mpitest.Need(t)
	letters := regexp.MustCompile("[^\n]")
	for _, page := range pages {
		t.Run(page, func(t *testing.T) {
			text, err := os.ReadFile(filepath.Join("../docs", page))
			if err != nil {
				t.Fatal(err)
			}
			script := prose.ReplaceAllStringFunc(string(text), func(s string) string { return letters.ReplaceAllString(s, "") })
			file := filepath.Join(t.TempDir(), page)
			if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			if r := mpitest.Run(t, mpitest.Command{Args: []string{command, "run", file}}); r.Status != 0 {
				t.Fatal(r)
			}
		})
	}
}
