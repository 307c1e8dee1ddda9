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
var pages = []string{"from-mpi4py.md", "from-julia.md", "from-ipyparallel.md", "debugging.md", "see.md"}

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
			file := filepath.Join(t.TempDir(), "job.lua") // as a reader may call it
			if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
				t.Fatal(err)
			}
			if r := mpitest.Run(t, mpitest.Command{Args: []string{command, "run", file}}); r.Status != 0 {
				t.Fatal(r)
			}
		})
	}
}

// TestPagesFiles runs the example of files, which is a script of its own.
func TestPagesFiles(t *testing.T) {
	mpitest.Need(t)
	text, err := os.ReadFile("../docs/mpi.md")
	if err != nil {
		t.Fatal(err)
	}
	example := regexp.MustCompile("(?s)\n## Files\n.*?```lua\n(.*?)```").FindSubmatch(text)
	if example == nil {
		t.Fatal("mpi.md has no example of files")
	}
	file := filepath.Join(t.TempDir(), "files.lua")
	if err := os.WriteFile(file, example[1], 0o600); err != nil {
		t.Fatal(err)
	}
	if r := mpitest.Run(t, mpitest.Mpirun(2, command, "run", file)); r.Status != 0 {
		t.Fatal(r)
	}
}
