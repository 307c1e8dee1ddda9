package house

import (
	"bufio"
	"go/ast"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// waitsFile says of each function that waits what ends its waits: an event that
// surely comes, a time limit, the end of a context, or the loss of who is
// waited for.
const waitsFile = "waits.txt"

// TestWaitsEnd compares that table with the sources: a function that waits and
// is not in it, or is in it and does not wait, is an error. Who writes a wait
// says what ends it.
func TestWaitsEnd(t *testing.T) {
	listed := map[string]string{}
	f, err := os.Open(waitsFile)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if line := strings.TrimSpace(lines.Text()); line != "" && !strings.HasPrefix(line, "#") {
			name, end, _ := strings.Cut(line, ": ")
			if listed[name] != "" || len(end) < 5 {
				t.Errorf("%s: %q is there twice, or does not say what ends the wait", waitsFile, name)
			}
			listed[name] = end
		}
	}
	found := map[string]token.Position{}
	for _, folder := range []string{"internal/rpc", "internal/eval", "internal/objects", "internal/cluster", "internal/output", "internal/job", "internal/ranks", "host", "worker"} {
		waitsIn(t, folder, found)
	}
	if len(found) < 50 {
		t.Errorf("only %d functions that wait were found", len(found))
	}
	for _, name := range slices.Sorted(maps.Keys(found)) {
		if listed[name] == "" {
			t.Errorf("%v: %s waits: add a line to tests/house/%s that says what ends that", found[name], name, waitsFile)
		}
	}
	for _, name := range slices.Sorted(maps.Keys(listed)) {
		if _, waits := found[name]; !waits {
			t.Errorf("%s: %s does not wait any more: take its line away", waitsFile, name)
		}
	}
}

// waitsIn finds the functions of a package that wait.
func waitsIn(t *testing.T, folder string, found map[string]token.Position) {
	t.Helper()
	set := token.NewFileSet()
	err := filepath.WalkDir(filepath.Join("../..", folder), func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		file, err := parser.ParseFile(set, path, nil, parser.SkipObjectResolution)
		if err != nil {
			return err
		}
		for _, decl := range file.Decls {
			if fn, ok := decl.(*ast.FuncDecl); ok && fn.Body != nil {
				if at := waitsAt(fn.Body); at.IsValid() {
					found[folder+" "+nameOf(fn)] = set.Position(at)
				}
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func nameOf(fn *ast.FuncDecl) string {
	if fn.Recv == nil {
		return fn.Name.Name
	}
	return strings.TrimPrefix(types.ExprString(fn.Recv.List[0].Type), "*") + "." + fn.Name.Name
}

// waitsAt returns the place of the first wait: a receive or a select without a
// default, or a call of what waits.
func waitsAt(body ast.Node) (at token.Pos) {
	ast.Inspect(body, func(n ast.Node) bool {
		if at.IsValid() {
			return false
		}
		switch n := n.(type) {
		case *ast.SelectStmt:
			open := slices.ContainsFunc(n.Body.List, func(c ast.Stmt) bool { return c.(*ast.CommClause).Comm == nil })
			if !open {
				at = n.Pos()
				return false
			}
			for _, c := range n.Body.List { // what follows the cases
				for _, s := range c.(*ast.CommClause).Body {
					if inner := waitsAt(s); inner.IsValid() && !at.IsValid() {
						at = inner
					}
				}
			}
			return false
		case *ast.UnaryExpr:
			if n.Op == token.ARROW {
				at = n.Pos()
			}
		case *ast.CallExpr:
			if waitsItself(n) {
				at = n.Pos()
			}
		}
		return true
	})
	return at
}

// waitsItself reports whether a call waits by its name. Waits of interp.Wait are
// those of the function that it is given.
func waitsItself(call *ast.CallExpr) bool {
	sel, ok := call.Fun.(*ast.SelectorExpr)
	if !ok {
		return false
	}
	on := types.ExprString(sel.X)
	switch sel.Sel.Name {
	case "Wait":
		return !strings.HasSuffix(strings.ToLower(on), "interp") && on != "in"
	case "Await", "CallAll", "Accept", "Receive", "ReadFull":
		return true
	}
	return false
}
