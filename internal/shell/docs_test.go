package shell

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
)

var updateDocs = flag.Bool("update-docs", false, "rewrite the table in docs/shell.md")

const docsFile = "../../docs/shell.md"

// TestDocsTable: the table of commands in the documentation is that of the code.
func TestDocsTable(t *testing.T) {
	page, err := os.ReadFile(docsFile)
	if err != nil {
		t.Fatal(err)
	}
	var rows strings.Builder
	rows.WriteString("| command | does |\n| --- | --- |\n")
	for _, c := range commands {
		fmt.Fprintf(&rows, "| `%s` | %s |\n", c.usage(), strings.ReplaceAll(c.doc, "|", "\\|"))
	}
	before, rest, found := strings.Cut(string(page), "<!-- commands -->\n")
	old, after, ended := strings.Cut(rest, "<!-- end -->")
	switch {
	case !found || !ended:
		t.Fatal("no place for the table")
	case old == rows.String():
	case *updateDocs:
		if err := os.WriteFile(docsFile, []byte(before+"<!-- commands -->\n"+rows.String()+"<!-- end -->"+after), 0o644); err != nil {
			t.Fatal(err)
		}
	default:
		t.Error("the table of commands is not that of the code: run go test ./internal/shell -run Docs -update-docs")
	}
}
