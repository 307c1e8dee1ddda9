package cluster_test

import (
	"os"
	"regexp"
	"testing"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
)

var outside = regexp.MustCompile("(?s)(?:^|```\n).*?(?:```lua\n|$)")

// TestDocs runs the examples of docs/cluster.md, all as one script with the
// line numbers of the page.
func TestDocs(t *testing.T) {
	page, err := os.ReadFile("../../docs/cluster.md")
	if err != nil {
		t.Fatal(err)
	}
	lines := regexp.MustCompile("[^\n]")
	script := outside.ReplaceAllStringFunc(string(page), func(text string) string { return lines.ReplaceAllString(text, "") })
	c := testkit.New(t, host.Config{})
	if err := c.RunNamed(t.Context(), "cluster.md", script); err != nil {
		t.Fatalf("%v\n%s\n%s", err, luaerr.From(err).Traceback, c.Err)
	}
}
