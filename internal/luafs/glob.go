package luafs

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luamodule"
)

func (m *module) glob(c *luamodule.Call) int {
	pattern := c.Path(1, "pattern")
	steps := strings.FieldsFunc(pattern, func(r rune) bool { return r == '/' })
	steps = slices.CompactFunc(steps, func(a, b string) bool { return a == "**" && b == "**" })
	for _, step := range steps {
		if _, err := filepath.Match(step, ""); err != nil {
			c.Fail(1, "pattern", "%q is no pattern: a bracket is not closed, or a backslash stands at the end", step)
		}
	}
	var found []string
	m.do(c, func(ctx context.Context) error {
		g := globber{ctx: ctx}
		start := ""
		if strings.HasPrefix(pattern, "/") {
			start = "/"
		}
		g.match(start, steps)
		found = g.found
		return context.Cause(ctx)
	})
	slices.Sort(found)
	return give(c, slices.Compact(found))
}

// globber finds the paths that match a pattern. Folders that cannot be read have
// nothing that matches, as in a shell.
type globber struct {
	ctx   context.Context
	found []string
}

// match goes on from a folder, "" for the one of the process, with the steps of the
// pattern that are left.
func (g *globber) match(folder string, steps []string) {
	if g.ctx.Err() != nil {
		return
	}
	if len(steps) == 0 {
		if folder != "" {
			g.found = append(g.found, folder)
		}
		return
	}
	step, rest := steps[0], steps[1:]
	if !strings.ContainsAny(step, `*?[\`) { // a name as it is, also . and ..
		if path := filepath.Join(folder, step); step == "." || step == ".." || exists(path) {
			g.match(path, rest)
		}
		return
	}
	if step == "**" {
		g.match(folder, rest)
	}
	entries, _ := os.ReadDir(either(folder, "."))
	for _, e := range entries {
		// As in a shell, a dot in front of a name is to be written.
		if strings.HasPrefix(e.Name(), ".") && !strings.HasPrefix(step, ".") {
			continue
		}
		path := filepath.Join(folder, e.Name())
		if step == "**" {
			switch {
			case e.IsDir():
				g.match(path, steps)
			case len(rest) == 0:
				g.found = append(g.found, path)
			}
			continue
		}
		if ok, _ := filepath.Match(step, e.Name()); ok && (len(rest) == 0 || isFolder(path)) {
			g.match(path, rest)
		}
	}
}

func exists(path string) bool {
	_, err := os.Lstat(path)
	return err == nil
}

func isFolder(path string) bool {
	st, err := os.Stat(path)
	return err == nil && st.IsDir()
}
