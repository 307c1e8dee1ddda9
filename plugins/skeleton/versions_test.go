package skeleton

import (
	"flag"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

var update = flag.Bool("update", false, "write go.mod and go.sum of the template anew, with the versions of this module")

var required = regexp.MustCompile(`(?m)^\s*(?:require )?([a-z0-9./-]+\.[a-z0-9./-]+) (v[0-9][^\s]*)`)

func versions(t *testing.T, file string) map[string]string {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	found := map[string]string{}
	for _, m := range required.FindAllStringSubmatch(string(text), -1) {
		found[m[1]] = m[2]
	}
	return found
}

// TestVersions: a new plugin is built with the libraries that this module is
// built with.
func TestVersions(t *testing.T) {
	ours := versions(t, "../../go.mod")
	if *update {
		renew(t, ours)
	}
	for _, file := range []string{"template/go.mod.tmpl", "template/sdk/go.mod.tmpl"} {
		for module, version := range versions(t, file) {
			if want := ours[module]; want != version && !strings.HasPrefix(module, "github.com/mpiclus/") {
				t.Errorf("%s has %s %s, this module %s: run go test ./plugins/skeleton -run Versions -update", file, module, version, want)
			}
		}
	}
}

// renew has go mod tidy write the files, in a copy of a plugin.
func renew(t *testing.T, ours map[string]string) {
	folder := t.TempDir()
	if err := Write(folder, "demo"); err != nil {
		t.Fatal(err)
	}
	run := func(dir string, words ...string) {
		t.Helper()
		cmd := exec.Command("go", words...)
		cmd.Dir = filepath.Join(folder, dir)
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("go %v: %v\n%s", words, err, out)
		}
	}
	for module := range versions(t, "template/sdk/go.mod.tmpl") {
		run("sdk", "mod", "edit", "-require="+module+"@"+ours[module])
	}
	run("sdk", "mod", "tidy")
	run("", "mod", "tidy")
	for from, to := range map[string]string{"go.mod": "go.mod.tmpl", "go.sum": "go.sum.tmpl", "sdk/go.mod": "sdk/go.mod.tmpl"} {
		text, err := os.ReadFile(filepath.Join(folder, from))
		if err != nil {
			t.Fatal(err)
		}
		if from == "go.mod" {
			text = []byte(strings.Replace(string(text), "module demo", "module @NAME@", 1))
		}
		if err := os.WriteFile(filepath.Join("template", to), text, 0o644); err != nil {
			t.Fatal(err)
		}
	}
}
