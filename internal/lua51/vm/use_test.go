package vm

import (
	"encoding/json"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// instead says what to call in place of the methods of gopher-lua that do not
// know how tables are kept here: they look for a whole key in the list alone,
// or put it there without a look at the others.
var instead = map[string]string{
	"LTable.RawGet": "vm.RawGet", "LTable.RawGetInt": "vm.GetInt", "LTable.RawGetH": "vm.RawGet",
	"LTable.RawSet": "vm.RawSet", "LTable.RawSetInt": "vm.SetInt", "LTable.RawSetH": "vm.RawSet",
	"LTable.Len": "vm.Entries, or vm.Length for what # says", "LTable.MaxN": "vm.MaxN", "LTable.Append": "vm.Append",
	"LTable.Insert": "vm.InsertInt", "LTable.Remove": "vm.RemoveInt",
	"LTable.Next": "vm.Next", "LTable.ForEach": "vm.ForEach",
	"LState.RawGet": "vm.RawGet", "LState.RawGetInt": "vm.GetInt",
	"LState.RawSet": "vm.RawSet", "LState.RawSetInt": "vm.SetInt",
	"LState.GetTable": "vm.Index", "LState.SetTable": "vm.SetIndex", "LState.ObjLen": "vm.Length",
	"LState.Next": "vm.Next", "LState.ForEach": "vm.ForEach",
}

// TestTablesAreReadHere looks through the sources of the whole project for
// calls of those methods.
func TestTablesAreReadHere(t *testing.T) {
	packages := listPackages(t, "../../../...")
	exports := map[string]string{}
	for _, p := range packages {
		exports[p.ImportPath] = p.Export
	}
	set := token.NewFileSet()
	from := importer.ForCompiler(set, "gc", func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) })
	looked := 0
	for _, p := range packages {
		if p.Standard || !slices.Contains(p.Imports, "github.com/yuin/gopher-lua") || !strings.HasPrefix(p.ImportPath, "github.com/mpiclus/mpiclus-lua/") {
			continue
		}
		if strings.HasSuffix(p.ImportPath, "internal/luaerr") {
			continue // this package is made with it, and its own tables have few keys
		}
		looked++
		for _, c := range rawCalls(t, set, from, p) {
			t.Errorf("%s: %s does not know how tables are kept here: call %s", c.at, c.method, instead[c.method])
		}
	}
	if looked < 10 {
		t.Errorf("only %d packages use gopher-lua", looked)
	}
}

type goPackage struct {
	Dir, ImportPath, Export string
	Standard                bool
	GoFiles, CgoFiles       []string
	Imports                 []string
}

func listPackages(t *testing.T, pattern string) (list []goPackage) {
	t.Helper()
	command := exec.CommandContext(t.Context(), "go", "list", "-e", "-export", "-deps", "-json=Dir,ImportPath,Export,Standard,GoFiles,CgoFiles,Imports", pattern)
	command.Stderr = os.Stderr
	out, err := command.Output()
	if err != nil {
		t.Fatal(err)
	}
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); err == io.EOF {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

type rawCall struct {
	at     token.Position
	method string
}

// rawCalls finds the calls in a package, also those of a method as a value.
func rawCalls(t *testing.T, set *token.FileSet, from types.Importer, p goPackage) (found []rawCall) {
	t.Helper()
	var files []*ast.File
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		f, err := parser.ParseFile(set, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		files = append(files, f)
	}
	info := types.Info{Selections: map[*ast.SelectorExpr]*types.Selection{}}
	config := types.Config{Importer: from, FakeImportC: true, Error: func(error) {}}
	_, _ = config.Check(p.ImportPath, set, files, &info) // what of C is not known does not matter
	for at, s := range info.Selections {
		method, ok := s.Obj().(*types.Func)
		if !ok || method.Pkg() == nil || method.Pkg().Path() != "github.com/yuin/gopher-lua" {
			continue
		}
		receiver := method.Signature().Recv().Type()
		if pointer, ok := receiver.(*types.Pointer); ok {
			receiver = pointer.Elem()
		}
		name := fmt.Sprintf("%s.%s", types.TypeString(receiver, func(*types.Package) string { return "" }), method.Name())
		if instead[name] != "" {
			found = append(found, rawCall{set.Position(at.Sel.Pos()), name})
		}
	}
	slices.SortFunc(found, func(a, b rawCall) int { return strings.Compare(a.at.String(), b.at.String()) })
	return found
}
