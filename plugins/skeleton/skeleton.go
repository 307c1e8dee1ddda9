// Package skeleton writes the beginning of a plugin: a module of its own with
// a program, a test, a Makefile and an example script. The SDK is carried
// along in the folder sdk, so that it builds wherever Go finds the libraries
// that the SDK needs.
package skeleton

import (
	"embed"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/mpiclus/mpiclus-lua/plugins"
)

// The names of templates end in .tmpl, so that Go does not take them for a
// part of this module.
//
//go:embed all:template
var templates embed.FS

var validName = regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_-]*$`)

// Write writes a plugin of a name into a folder, which must not exist or be
// empty.
func Write(folder, name string) error {
	name = filepath.Base(name)
	if !validName.MatchString(name) {
		return fmt.Errorf("plugin new %s: a name of letters, digits, _ and - expected", name)
	}
	if entries, err := os.ReadDir(folder); err == nil && len(entries) > 0 {
		return fmt.Errorf("plugin new: the folder %s is there and not empty", folder)
	}
	files, err := Files(name)
	if err != nil {
		return err
	}
	for path, text := range files {
		full := filepath.Join(folder, filepath.FromSlash(path))
		if err := os.MkdirAll(filepath.Dir(full), 0o777); err != nil {
			return err
		}
		if err := os.WriteFile(full, text, 0o666); err != nil {
			return err
		}
	}
	return nil
}

// Files returns the content of each file of a new plugin.
func Files(name string) (map[string][]byte, error) {
	files := map[string][]byte{}
	variable := strings.ReplaceAll(name, "-", "_")
	err := fs.WalkDir(templates, "template", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		text, err := templates.ReadFile(path)
		out := strings.NewReplacer("@NAME@", name, "@VARIABLE@", variable).Replace(string(text))
		path = strings.TrimSuffix(strings.TrimPrefix(path, "template/"), ".tmpl")
		files[path] = []byte(out)
		return err
	})
	if err != nil {
		return nil, err
	}
	err = fs.WalkDir(plugins.Source, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || strings.HasSuffix(path, "_test.go") {
			return err
		}
		files["sdk/plugins/"+path], err = plugins.Source.ReadFile(path)
		return err
	})
	return files, err
}
