package array

import (
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

var updateDocs = flag.Bool("update-docs", false, "rewrite the tables in docs/array.md")

const docsFile = "../../docs/array.md"

// ofMatrix marks the methods that need one.
var ofMatrix = regexp.MustCompile(`of a matrix[.; ]|product of a matrix`)

// table writes rows as the documentation shows them.
func table(prefix string, rows []function) string {
	var b strings.Builder
	b.WriteString("| call | gives |\n| --- | --- |\n")
	for _, f := range rows {
		p := prefix
		if p == "a:" && ofMatrix.MatchString(f.doc) && !strings.Contains(f.doc, "vector") {
			p = "m:"
		}
		fmt.Fprintf(&b, "| `%s%s(%s)` | %s |\n", p, f.name, f.args, f.doc)
	}
	return b.String()
}

// TestDocsTables holds the tables in the documentation against the functions
// that there are.
func TestDocsTables(t *testing.T) {
	raw, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	doc := string(raw)
	for name, text := range map[string]string{
		"module": table("array.", moduleRows()), "shape": table("a:", shapeRows()), "content": table("a:", contentRows()),
		"arithmetic": table("a:", arithmeticRows()), "picks": table("a:", pickRows()), "reductions": table("a:", reductionRows()), "math": table("a:", mathRows()),
		"linalg": table("array.linalg.", linalgRows()),
	} {
		begin, end := "<!-- rows: "+name+" -->\n", "<!-- end -->"
		before, rest, found := strings.Cut(doc, begin)
		old, after, ended := strings.Cut(rest, end)
		if !found || !ended {
			t.Fatalf("no place for the rows of %s", name)
		}
		if old != text {
			doc = before + begin + text + end + after
			if !*updateDocs {
				t.Errorf("the rows of %s are not those of the code: run go test ./internal/array -run Docs -update-docs", name)
			}
		}
	}
	if *updateDocs {
		if err := os.WriteFile(docsFile, []byte(doc), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// plain makes the texts of errors in an example, which readers see, the patterns
// that a script has.
func plain(script string) string {
	return regexp.MustCompile(`(?m)--! (.*)$`).ReplaceAllStringFunc(script, func(mark string) string {
		return "--! " + regexp.QuoteMeta(strings.TrimPrefix(mark, "--! "))
	})
}

// TestDocsExamples runs every example and checks what it says of its output.
func TestDocsExamples(t *testing.T) {
	raw, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(raw), "```")
	for i := 1; i < len(parts); i += 2 {
		script, isLua := strings.CutPrefix(parts[i], "lua\n")
		if !isLua {
			continue
		}
		// Empty lines in front make the lines those of the file.
		line := strings.Count(strings.Join(parts[:i], ""), "\n") + 1
		runScript(t, "array.md", strings.Repeat("\n", line)+plain(script))
	}
}

// TestDocsShowAll wants an example for every function.
func TestDocsShowAll(t *testing.T) {
	raw, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(raw), "```")
	var examples strings.Builder
	for i := 1; i < len(parts); i += 2 {
		examples.WriteString(parts[i])
	}
	shown := func(pattern string) bool { return strings.Contains(examples.String(), pattern) }
	for _, f := range moduleRows() {
		if !shown("array."+f.name+"(") && !shown("array."+f.name+"{") {
			t.Errorf("no example of array.%s", f.name)
		}
	}
	for _, f := range linalgRows() {
		if !shown("linalg." + f.name + "(") {
			t.Errorf("no example of array.linalg.%s", f.name)
		}
	}
	alike := map[string]bool{} // the functions of a number that have one table and one example
	for _, e := range elementwise {
		alike[e.name] = true
	}
	for _, f := range methodRows() {
		if !shown(":"+f.name+"(") && !shown(":"+f.name+`"`) && !shown(":"+f.name+"{") && !alike[f.name] {
			t.Errorf("no example of a:%s", f.name)
		}
	}
}
