package load

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
)

// Found is a plugin's executable.
type Found struct {
	Name string // of the file, what scripts load it by
	Path string // absolute
}

// List returns the plugins that can be loaded by name, in the order of the
// search; of two with one name only the first counts.
func (l *Loader) List() []Found {
	var all []Found
	add := func(path string) {
		f := Found{Name: nameOf(path), Path: path}
		if !slices.ContainsFunc(all, func(g Found) bool { return g.Name == f.Name }) {
			all = append(all, f)
		}
	}
	for _, file := range l.cfg.Files {
		if path, err := filepath.Abs(file); err == nil {
			eachPlugin(path, add)
		}
	}
	for _, folder := range l.cfg.Folders {
		if path, err := filepath.Abs(folder); err == nil && isFolder(path) {
			eachPlugin(path, add)
		}
	}
	return all
}

// eachPlugin calls add for an executable, or for those in a folder.
func eachPlugin(path string, add func(path string)) {
	if !isFolder(path) {
		if executable(path) == nil {
			add(path)
		}
		return
	}
	entries, err := os.ReadDir(path)
	if err != nil {
		return
	}
	for _, e := range entries {
		if file := filepath.Join(path, e.Name()); !strings.HasPrefix(e.Name(), ".") && executable(file) == nil {
			add(file)
		}
	}
}

func isFolder(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.IsDir()
}

// executable reports why a file cannot be run, nil if it can.
func executable(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case info.IsDir():
		return fmt.Errorf("%s is a folder", path)
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is no regular file", path)
	case info.Mode()&0o111 == 0:
		return fmt.Errorf("%s is not executable (chmod +x)", path)
	}
	return nil
}

func nameOf(path string) string { return strings.TrimSuffix(filepath.Base(path), ".exe") }

// Find returns the executable of a name, or of a path: what has a separator in
// it.
func (l *Loader) Find(name string) (Found, error) {
	if name == "" {
		return Found{}, luaerr.New(luaerr.Plugin, "the name of the plugin is empty")
	}
	if strings.ContainsRune(name, filepath.Separator) {
		path, err := filepath.Abs(name)
		if err == nil {
			err = executable(path)
		}
		if err != nil {
			return Found{}, luaerr.New(luaerr.Plugin, "plugin %s: %w", name, err)
		}
		return Found{nameOf(path), path}, nil
	}
	all := l.List()
	for _, f := range all {
		if f.Name == name {
			return f, nil
		}
	}
	return Found{}, l.notFound(name, all)
}

// notFound reports where was looked, and what nearly fits.
func (l *Loader) notFound(name string, all []Found) error {
	var b strings.Builder
	fmt.Fprintf(&b, "plugin %s not found", name)
	for _, file := range l.cfg.Files {
		if !isFolder(file) && nameOf(file) == name {
			if err := executable(file); err != nil {
				fmt.Fprintf(&b, "\n\t%v", err)
			}
		}
	}
	for _, folder := range append(slices.Clone(l.cfg.Files), l.cfg.Folders...) {
		file := filepath.Join(folder, name)
		err := executable(file)
		switch {
		case !isFolder(folder):
		case err != nil && !os.IsNotExist(err):
			fmt.Fprintf(&b, "\n\t%v", err)
		default:
			fmt.Fprintf(&b, "\n\tno file '%s'", file)
		}
	}
	if len(all) > 0 {
		names := make([]string, len(all))
		for i, f := range all {
			names[i] = f.Name
		}
		fmt.Fprintf(&b, "\n\tthere are: %s", strings.Join(names, ", "))
	}
	b.WriteString("\n\tgive its path, or set --plugin or MPICLUS_PLUGIN_PATH")
	return luaerr.New(luaerr.Plugin, "%s", b.String())
}
