package house

import (
	"encoding/json"
	"errors"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// TestArrowsInside: the files of a package can be put in an order in which
// almost all that a file uses of its package stands in files further down: at
// most a tenth of the arrows run up, rounded up. An arrow from one file to
// another means that the first names something which the other declares.
func TestArrowsInside(t *testing.T) {
	packages, exports := listPackages(t)
	for _, p := range packages {
		arrows, err := arrowsOf(p, exports)
		if err != nil {
			t.Errorf("%s: %v", p.name(), err)
			continue
		}
		order := bestOrder(arrows)
		up := arrowsUp(arrows, order)
		count := 0
		for _, to := range arrows {
			count += len(to)
		}
		t.Logf("%-28s %3d arrows, %2d up", p.name(), count, len(up))
		if len(up) <= (count+9)/10 {
			continue
		}
		t.Errorf("%s: %d of %d arrows between its files run up; at most %d may. In the order %s these do:\n%s\n"+
			"move what is named into the file that uses it, or into one below both; let the file that knows all others stand alone at the top",
			p.name(), len(up), count, (count+9)/10, strings.Join(order, " "), strings.Join(up, "\n"))
	}
}

// listed is what go list tells of a package.
type listed struct {
	ImportPath, Dir, Export string
	CompiledGoFiles         []string // with those that cgo makes
	ImportMap               map[string]string
}

func (p *listed) name() string { return strings.TrimPrefix(p.ImportPath, module) }

// listPackages returns the packages of this module and, by import path, the
// files of types that the compiler wrote for them and all that they import.
// Those that cannot be built here (no MPI) are left out.
func listPackages(t *testing.T) (own []*listed, exports map[string]string) {
	t.Helper()
	list := exec.CommandContext(t.Context(), "go", "list", "-e", "-pgo=off", "-compiled", "-export", "-deps", "-json=ImportPath,Dir,Export,CompiledGoFiles,ImportMap", "./...")
	list.Dir = root
	list.Stderr = os.Stderr
	out, err := list.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := list.Start(); err != nil {
		t.Fatal(err)
	}
	exports = map[string]string{}
	for d := json.NewDecoder(out); ; {
		p := new(listed)
		if err := d.Decode(p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatalf("go list: %v", err)
		}
		if p.Export == "" {
			continue
		}
		exports[p.ImportPath] = p.Export
		if strings.HasPrefix(p.ImportPath, module) {
			own = append(own, p)
		}
	}
	if err := list.Wait(); err != nil {
		t.Fatalf("go list: %v", err)
	}
	seen := func(name string) bool {
		return slices.ContainsFunc(own, func(p *listed) bool { return p.name() == name })
	}
	for _, name := range []string{"host", "internal/rpc", "internal/mpi", "luampi"} {
		if !seen(name) && (os.Getenv("MPICLUS_NO_MPI") == "" || !strings.HasSuffix(name, "mpi")) {
			t.Fatalf("go list does not tell of %s", name)
		}
	}
	return own, exports
}

// arrows has, for each file of a package, the files whose declarations it names,
// with the names.
type arrows map[string]map[string][]string

// arrowsOf reads a package and finds its arrows.
func arrowsOf(p *listed, exports map[string]string) (arrows, error) {
	set := token.NewFileSet()
	var files []*ast.File
	for _, name := range p.CompiledGoFiles {
		if !filepath.IsAbs(name) { // what cgo makes stands elsewhere, and its lines name the file that somebody wrote
			name = filepath.Join(p.Dir, name)
		}
		file, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	open := func(path string) (io.ReadCloser, error) {
		if mapped := p.ImportMap[path]; mapped != "" {
			path = mapped
		}
		if exports[path] == "" {
			return nil, fmt.Errorf("%s was not built", path)
		}
		return os.Open(exports[path])
	}
	uses := map[*ast.Ident]types.Object{}
	var wrong error
	config := types.Config{Importer: importer.ForCompiler(set, "gc", open), FakeImportC: true, Error: func(err error) {
		var e types.Error
		// What cgo has made says more than go/types understands; names are resolved all the same.
		if errors.As(err, &e) && sourceFile(set, e.Pos) != "" && wrong == nil {
			wrong = err
		}
	}}
	pkg, _ := config.Check(p.ImportPath, set, files, &types.Info{Uses: uses})
	if wrong != nil {
		return nil, wrong
	}
	found := arrows{}
	for id, object := range uses {
		if object.Pkg() != pkg {
			continue
		}
		if v, ok := object.(*types.Var); ok && !v.IsField() && v.Parent() != pkg.Scope() {
			continue
		}
		from, to := sourceFile(set, id.Pos()), sourceFile(set, object.Pos())
		if from == to || from == "" || to == "" {
			continue
		}
		if found[from] == nil {
			found[from] = map[string][]string{}
		}
		if !slices.Contains(found[from][to], object.Name()) {
			found[from][to] = append(found[from][to], object.Name())
		}
	}
	return found, nil
}

// sourceFile returns the name of the file that somebody wrote, "" for one that
// cgo made.
func sourceFile(set *token.FileSet, at token.Pos) string {
	name := filepath.Base(set.Position(at).Filename)
	if strings.HasPrefix(name, "_cgo") || !strings.HasSuffix(name, ".go") {
		return ""
	}
	return name
}

// bestOrder returns the files, the highest first, so that few arrows run up:
// from several starts, one file at a time is moved to where that helps most.
func bestOrder(all arrows) []string {
	var files []string
	for from, to := range all {
		files = append(files, from)
		for name := range to {
			files = append(files, name)
		}
	}
	slices.Sort(files)
	files = slices.Compact(files)
	random := rand.New(rand.NewPCG(1, 2))
	var best []string
	for range 60 {
		order := slices.Clone(files)
		random.Shuffle(len(order), func(i, j int) { order[i], order[j] = order[j], order[i] })
		for moveOne(all, order) {
		}
		if best == nil || len(arrowsUp(all, order)) < len(arrowsUp(all, best)) {
			best = order
		}
	}
	return best
}

// moveOne moves a file to another place of the order so that fewer arrows run
// up, and reports whether there was one.
func moveOne(all arrows, order []string) bool {
	weight := func(upper, lower string) int {
		w := 0
		if all[upper][lower] != nil {
			w++
		}
		if all[lower][upper] != nil {
			w--
		}
		return w
	}
	for i, file := range order {
		place, most, gain := i, 0, 0
		for j := i - 1; j >= 0; j-- {
			if gain += weight(file, order[j]); gain > most {
				place, most = j, gain
			}
		}
		gain = 0
		for j := i + 1; j < len(order); j++ {
			if gain += weight(order[j], file); gain > most {
				place, most = j, gain
			}
		}
		if most > 0 {
			rest := slices.Delete(slices.Clone(order), i, i+1)
			copy(order, slices.Insert(rest, place, file))
			return true
		}
	}
	return false
}

// arrowsUp returns the arrows against the order, a line each.
func arrowsUp(all arrows, order []string) []string {
	var up []string
	for i, from := range order {
		for _, to := range order[:i] {
			if names := all[from][to]; names != nil {
				slices.Sort(names)
				up = append(up, fmt.Sprintf("  %s -> %s: %s", from, to, strings.Join(names, " ")))
			}
		}
	}
	return up
}

// TestBestOrder: a chain has an order without an arrow up, a circle of three one
// with one, which is named.
func TestBestOrder(t *testing.T) {
	all := arrows{"top": {"middle": {"m"}, "bottom": {"b"}}, "middle": {"bottom": {"b"}}}
	order := bestOrder(all)
	if got := arrowsUp(all, order); len(got) != 0 || !slices.Equal(order, []string{"top", "middle", "bottom"}) {
		t.Errorf("%v: %v", order, got)
	}
	all["bottom"] = map[string][]string{"top": {"t"}}
	if got := arrowsUp(all, bestOrder(all)); len(got) != 1 {
		t.Errorf("a circle: %v", got)
	}
}
