package native_test

import (
	"os"
	"strings"
	"testing"

	"github.com/mpiclus/mpiclus-lua/internal/native"
)

// TestDocs runs the examples of docs/native.md, as they are, with native code and
// without.
func TestDocs(t *testing.T) {
	raw, err := os.ReadFile("../../docs/native.md")
	if err != nil {
		t.Fatal(err)
	}
	parts := strings.Split(string(raw), "```lua\n")
	if len(parts) < 4 {
		t.Fatalf("%d examples", len(parts)-1)
	}
	for _, p := range parts[1:] {
		source, _, _ := strings.Cut(p, "```")
		got := run(t, true, source)
		if strings.Contains(got, "error:") {
			t.Errorf("%s\n%s", source, got)
		}
		if !strings.Contains(source, `require "native"`) && got != run(t, false, source) {
			t.Errorf("%s\nprints another thing without native code", source)
		}
	}
	if native.Broken() {
		t.Error("native code was turned off")
	}
}
