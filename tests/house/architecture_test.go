// Package house tests the sources themselves: which package imports which, and
// what ends each wait. It needs no MPI.
package house

import (
	"bufio"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

const (
	root   = "../.."
	module = "github.com/mpiclus/mpiclus-lua/"
	design = "docs/design.md"
)

// row is a line of the table of packages: | `internal/link` | what it holds |.
var row = regexp.MustCompile("^\\| `([^`]+)` \\| ")

// packagesInOrder reads the table of packages, the highest first.
func packagesInOrder(t *testing.T) map[string]int {
	t.Helper()
	f, err := os.Open(filepath.Join(root, design))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	places := map[string]int{}
	for lines := bufio.NewScanner(f); lines.Scan(); {
		found := row.FindStringSubmatch(lines.Text())
		if found == nil {
			continue
		}
		if _, twice := places[found[1]]; twice {
			t.Errorf("%s: package %s has two rows in the table", design, found[1])
		}
		places[found[1]] = len(places)
	}
	return places
}

// imports reads what each package imports outside of its tests, with one file
// that does so.
func imports(t *testing.T) map[string]map[string]string {
	t.Helper()
	all := map[string]map[string]string{}
	set := token.NewFileSet()
	err := filepath.WalkDir(root, func(name string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() {
			if base := d.Name(); base == "testdata" || base == "build" || base != ".." && strings.HasPrefix(base, ".") {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") || strings.HasSuffix(name, "_test.go") {
			return nil
		}
		file, err := parser.ParseFile(set, name, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, name)
		if err != nil {
			return err
		}
		pkg := path.Dir(filepath.ToSlash(rel))
		if all[pkg] == nil {
			all[pkg] = map[string]string{}
		}
		for _, spec := range file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			all[pkg][strings.TrimPrefix(imported, module)] = filepath.ToSlash(rel)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

// TestArrowsPointDown holds the order of the packages that docs/design.md
// gives: a package imports only what stands below it in the table there.
func TestArrowsPointDown(t *testing.T) {
	places, all := packagesInOrder(t), imports(t)
	if len(all) < 30 {
		t.Fatalf("only %d packages were found", len(all))
	}
	for _, pkg := range slices.Sorted(maps.Keys(all)) {
		at, listed := places[pkg]
		if !listed {
			t.Errorf("package %s is not in the table of packages of %s: give it a row, above all that it imports", pkg, design)
			continue
		}
		for _, imported := range slices.Sorted(maps.Keys(all[pkg])) {
			if below, ours := places[imported]; ours && below <= at {
				t.Errorf("%s: %s imports %s, which stands above it in the table of %s. Move what is needed into a package below both, "+
					"or let the caller hand it in (an interface, a function, a field of the config)", all[pkg][imported], pkg, imported, design)
			}
		}
	}
	for _, pkg := range slices.Sorted(maps.Keys(places)) {
		if all[pkg] == nil {
			t.Errorf("%s: package %s does not exist: take its row away", design, pkg)
		}
	}
}

// TestLinkedPackages holds which packages are linked with the MPI library: all
// others build and run where there is none.
func TestLinkedPackages(t *testing.T) {
	linked := []string{"cmd/mpiclus-lua-mpi", "internal/mpi", "internal/mpi/mpilink", "luampi"}
	all := imports(t)
	for _, pkg := range slices.Sorted(maps.Keys(all)) {
		if slices.Contains(linked, pkg) {
			continue
		}
		for _, imported := range append(slices.Clone(linked), "github.com/sbromberger/gompi") {
			if file := all[pkg][imported]; file != "" {
				t.Errorf("%s: %s imports %s, which is linked with MPI. Let cmd/mpiclus-lua-mpi hand it in (worker.Library, ranks.Meeting)", file, pkg, imported)
			}
		}
	}
}
