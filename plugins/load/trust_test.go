package load

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
)

// TestFilesOfStrangers: a plugin that somebody else could have written is not
// run, and the error says what to do.
func TestFilesOfStrangers(t *testing.T) {
	chmod := func(t *testing.T, path string, mode os.FileMode) {
		t.Helper()
		if err := os.Chmod(path, mode); err != nil {
			t.Fatal(err)
		}
	}
	give := func(t *testing.T, path string) {
		t.Helper()
		if os.Getuid() != 0 {
			t.Skip("needs root, to give a file to another user")
		}
		if err := os.Lchown(path, 65534, 65534); err != nil {
			t.Fatal(err)
		}
	}
	for name, c := range map[string]struct {
		spoil func(t *testing.T, dir, path string)
		want  []string // of the error; nil: it runs
	}{
		"trusted":         {func(*testing.T, string, string) {}, nil},
		"sticky folder":   {func(t *testing.T, dir, _ string) { chmod(t, dir, 0o777|os.ModeSticky) }, nil},
		"everybody":       {func(t *testing.T, _, path string) { chmod(t, path, 0o757) }, []string{"everybody may write to the file", "chmod go-w", "checksum"}},
		"group":           {func(t *testing.T, _, path string) { chmod(t, path, 0o775) }, []string{"its group may write to the file", "chmod go-w"}},
		"folder":          {func(t *testing.T, dir, _ string) { chmod(t, dir, 0o777) }, []string{"everybody may write to the folder", "chmod go-w"}},
		"folder above":    {func(t *testing.T, dir, _ string) { chmod(t, filepath.Dir(dir), 0o777) }, []string{"everybody may write to the folder"}},
		"owner":           {func(t *testing.T, _, path string) { give(t, path) }, []string{"the file", "belongs to another user (uid 65534)"}},
		"owner of folder": {func(t *testing.T, dir, _ string) { give(t, dir) }, []string{"the folder", "belongs to another user (uid 65534)"}},
		"link": {func(t *testing.T, dir, path string) {
			far := filepath.Join(t.TempDir(), "bad")
			if err := os.Rename(path, far); err != nil {
				t.Fatal(err)
			}
			chmod(t, far, 0o777)
			if err := os.Symlink(far, path); err != nil {
				t.Fatal(err)
			}
		}, []string{"everybody may write to the file"}},
		"link of a stranger": {func(t *testing.T, dir, path string) {
			far := filepath.Join(t.TempDir(), "bad")
			if err := os.Rename(path, far); err != nil {
				t.Fatal(err)
			}
			if err := os.Symlink(far, path); err != nil {
				t.Fatal(err)
			}
			give(t, path)
		}, []string{"belongs to another user"}},
	} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "above", "plugins")
			path := filepath.Join(dir, "bad")
			copyOf(t, path)
			sum, err := Checksum(path)
			if err != nil {
				t.Fatal(err)
			}
			c.spoil(t, dir, path)
			ctx := context.Background()
			_, err = loader(t, Config{Folders: []string{dir}}).Load(ctx, "bad", "")
			if c.want == nil {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			wants(t, err, append(c.want, "plugin bad is not trusted")...)
			if !errors.Is(err, ErrUntrusted) {
				t.Errorf("%v is no ErrUntrusted", err)
			}
			// Its content can be named: by a checksum, or in a lock file of the user's own.
			if _, err := loader(t, Config{}).Load(ctx, path, sum); err != nil {
				t.Errorf("with its checksum: %v", err)
			}
			_, err = loader(t, Config{}).Load(ctx, path, checksumPrefix+"00"+sum[len(checksumPrefix)+2:])
			wants(t, err, "not "+checksumPrefix+"00")
			lock := filepath.Join(t.TempDir(), "lock")
			if err := Lock(lock, path); err != nil {
				t.Fatal(err)
			}
			if _, err := loader(t, Config{Folders: []string{dir}, Lock: lock}).Load(ctx, "bad", ""); err != nil {
				t.Errorf("with a lock file of the user's own: %v", err)
			}
			chmod(t, lock, 0o666)
			_, err = loader(t, Config{Folders: []string{dir}, Lock: lock}).Load(ctx, "bad", "")
			wants(t, err, "not trusted")
		})
	}
}

// copyOf makes a plugin of its own: a link would change the mode of all.
func copyOf(t *testing.T, path string) {
	t.Helper()
	raw, err := os.ReadFile(bad)
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755)
	}
	if err == nil {
		err = os.WriteFile(path, raw, 0o755)
	}
	if err != nil {
		t.Fatal(err)
	}
}

// TestPinnedCopy: what runs is what was checked, though its file is another one
// by then.
func TestPinnedCopy(t *testing.T) {
	path, folder := filepath.Join(t.TempDir(), "bad"), t.TempDir()
	copyOf(t, path)
	sum, err := Checksum(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte("#!/bin/sh\n"), 0o755); err != nil {
		t.Fatal(err)
	}
	_, err = pinned(path, sum, folder)
	if err == nil {
		t.Error("another file was taken")
	}
}

// TestEmptyElements: an empty element of a list of folders is not the current
// folder.
func TestEmptyElements(t *testing.T) {
	dir := t.TempDir()
	copyOf(t, filepath.Join(dir, "bad"))
	t.Chdir(dir)
	for _, list := range []string{"", ":", "/nowhere:", ":/nowhere", "/nowhere::/nowhere"} {
		t.Setenv(EnvPath, list)
		t.Setenv(EnvPlugins, list)
		for _, f := range loader(t, Config{}.FromEnvironment()).List() {
			if f.Path == filepath.Join(dir, "bad") {
				t.Errorf("%q: the list has %v", list, f)
			}
		}
	}
}

// TestDanglingLock: a lock file that cannot be read is no lock file too few.
func TestDanglingLock(t *testing.T) {
	dir := t.TempDir()
	copyOf(t, filepath.Join(dir, "bad"))
	if err := os.Symlink(filepath.Join(dir, "gone"), filepath.Join(dir, LockName)); err != nil {
		t.Fatal(err)
	}
	_, err := loader(t, Config{Folders: []string{dir}}).Load(context.Background(), "bad", "")
	wants(t, err, "plugin bad: lock file", LockName)
}

// TestNoTemporaryFolder: a TMPDIR of another machine (as containers see it)
// does not keep plugins from running.
func TestNoTemporaryFolder(t *testing.T) {
	t.Setenv("TMPDIR", "/nonexistent")
	if _, err := loader(t, Config{}).Load(context.Background(), bad, ""); err != nil {
		t.Error(err)
	}
}

func write(t *testing.T, path, text string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
