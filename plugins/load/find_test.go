package load

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func link(t *testing.T, path string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o777); err != nil {
		t.Fatal(err)
	}
	if err := os.Link(bad, path); err != nil {
		raw, readErr := os.ReadFile(bad)
		if readErr != nil {
			t.Fatal(readErr)
		}
		if err := os.WriteFile(path, raw, 0o755); err != nil {
			t.Fatal(err)
		}
	}
}

func TestFindOrder(t *testing.T) {
	dir := t.TempDir()
	for _, name := range []string{"file/one", "first/one", "first/two", "second/two", "second/three", "second/.hidden"} {
		link(t, filepath.Join(dir, name))
	}
	if err := os.WriteFile(filepath.Join(dir, "first", "notes.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	l := loader(t, Config{
		Files: []string{filepath.Join(dir, "file", "one")}, Folders: []string{filepath.Join(dir, "none"), filepath.Join(dir, "first"), filepath.Join(dir, "second")},
	})
	for name, want := range map[string]string{"one": "file/one", "two": "first/two", "three": "second/three"} {
		f, err := l.Find(name)
		if err != nil || f.Path != filepath.Join(dir, want) {
			t.Errorf("%s is %s, want %s (%v)", name, f.Path, want, err)
		}
	}
	if got := l.List(); len(got) != 3 {
		t.Errorf("the list is %v", got)
	}
	_, err := l.Find("four")
	wants(t, err, "plugin four not found", filepath.Join(dir, "first", "four"), "there are: one, two, three", "--plugin")
}

func TestChecksums(t *testing.T) {
	ctx := context.Background()
	dir := t.TempDir()
	path := filepath.Join(dir, "bad")
	link(t, path)
	sum, err := Checksum(path)
	if err != nil {
		t.Fatal(err)
	}
	l := loader(t, Config{})
	for _, want := range []string{sum, strings.ToUpper(sum)} {
		if _, err := l.Load(ctx, path, want); err != nil {
			t.Error(err)
		}
	}
	other := "sha256:" + strings.Repeat("0", 64)
	_, err = l.Load(ctx, path, other)
	wants(t, err, "checksum of", sum, "not "+other)
	if _, err := l.Load(ctx, path, "md5:1"); err == nil || !strings.Contains(err.Error(), "looks like sha256:") {
		t.Errorf("a malformed checksum: %v", err)
	}

	lock := filepath.Join(dir, LockName)
	if err := os.WriteFile(lock, []byte("# trusted\n"+strings.Repeat("1", 64)+"  other\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = l.Load(ctx, path, "")
	wants(t, err, "is not in the lock file", lock, "mpiclus-lua plugin lock")
	for range 2 {
		if err := Lock(lock, path); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := l.Load(ctx, path, ""); err != nil {
		t.Error(err)
	}
	if text, _ := os.ReadFile(lock); strings.Count(string(text), "  bad") != 1 || !strings.Contains(string(text), "  other") || !strings.HasPrefix(string(text), "# trusted") {
		t.Errorf("the lock file is\n%s", text)
	}
	if err := os.WriteFile(lock, []byte(strings.Repeat("1", 64)+" *bad\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = l.Load(ctx, path, "")
	wants(t, err, "does not allow", sum)
	if err := os.WriteFile(lock, []byte("nonsense\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	_, err = l.Load(ctx, path, "")
	wants(t, err, "plugins.lock:1: a line of sha256sum expected")
	_, err = loader(t, Config{Lock: filepath.Join(dir, "none")}).Load(ctx, bad, "")
	wants(t, err, "lock file", "no such file")
}
