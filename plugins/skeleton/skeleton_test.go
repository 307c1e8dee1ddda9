package skeleton

import (
	"go/parser"
	"go/token"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestFilesAreComplete(t *testing.T) {
	files, err := Files("my-plugin")
	if err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{
		"main.go", "main_test.go", "Makefile", "example.lua", "README.md", ".gitignore", "go.mod", "go.sum", "sdk/go.mod",
		"sdk/plugins/serve.go", "sdk/plugins/wire/plugin.proto", "sdk/plugins/wire/plugin.pb.go", "sdk/plugins/plugintest/plugintest.go",
		"sdk/plugins/internal/shm/shm.go",
	} {
		if len(files[name]) == 0 {
			t.Errorf("%s is missing", name)
		}
	}
	for name, text := range files {
		if strings.Contains(string(text), "@NAME@") || strings.Contains(string(text), "@VARIABLE@") || strings.HasSuffix(name, ".tmpl") {
			t.Errorf("%s has a name that was not filled in", name)
		}
		if strings.HasSuffix(name, ".go") {
			if _, err := parser.ParseFile(token.NewFileSet(), name, text, 0); err != nil {
				t.Error(err)
			}
		}
	}
	if text := string(files["example.lua"]); !strings.Contains(text, `local my_plugin = require("plugin").load("my-plugin")`) {
		t.Errorf("the example is\n%s", text)
	}
}

// The program in docs/plugins.md is the one that is written.
func TestDocumentationShowsTheProgram(t *testing.T) {
	files, err := Files("demo")
	if err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile("../../docs/plugins.md")
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(doc), "```go\n"+string(files["main.go"])+"```\n") {
		t.Error("docs/plugins.md shows another program than 'plugin new' writes")
	}
}

// What is written builds and passes its test, without any part of this
// repository.
func TestWrite(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "own")
	if err := Write(folder, "own"); err != nil {
		t.Fatal(err)
	}
	for _, words := range [][]string{{"make", "test"}, {"make"}, {"go", "vet", "./..."}} {
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = folder
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", words, err, out)
		}
	}
	if info, err := os.Stat(filepath.Join(folder, "own")); err != nil || info.Mode()&0o111 == 0 {
		t.Errorf("no program was built: %v", err)
	}
	if err := Write(folder, "own"); err == nil || !strings.Contains(err.Error(), "not empty") {
		t.Errorf("a second time: %v", err)
	}
	for _, name := range []string{"two words", "1st", "", "..", "a.b"} {
		if err := Write(filepath.Join(t.TempDir(), "x"), name); err == nil {
			t.Errorf("the name %q is accepted", name)
		}
	}
}
