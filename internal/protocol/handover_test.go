package protocol

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestHandOver(t *testing.T) {
	home := t.TempDir()
	t.Setenv("HOME", home)
	stale := filepath.Join(home, handoverFolder, handoverPrefix+"old")
	if err := os.Mkdir(filepath.Dir(stale), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(stale, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chtimes(stale, time.Time{}, time.Now().Add(-2*handoverAge)); err != nil {
		t.Fatal(err)
	}
	text, path, err := HandOver("the secret")
	if err != nil {
		t.Fatal(err)
	}
	if strings.Contains(text, "the secret") || !strings.HasPrefix(text, handoverMark) {
		t.Errorf("the text is %q", text)
	}
	if _, err := os.Lstat(stale); err == nil {
		t.Error("a file that was left behind is still there")
	}
	if got, err := TakeOver(text); err != nil || got != "the secret" {
		t.Errorf("%q, %v", got, err)
	}
	if got, err := TakeOver("plain"); err != nil || got != "plain" {
		t.Errorf("%q, %v", got, err)
	}
	refused := func(what, want string) {
		t.Helper()
		if got, err := TakeOver(text); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %q, %v", what, got, err)
		}
	}
	if err := os.WriteFile(path, []byte("another"), 0o600); err != nil {
		t.Fatal(err)
	}
	refused("other content", "not the file")
	if err := os.WriteFile(path, []byte("the secret"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, 0o640); err != nil {
		t.Fatal(err)
	}
	refused("readable by others", "not this user's alone")
	if err := os.Rename(path, path+"x"); err != nil {
		t.Fatal(err)
	}
	refused("gone", "must be the same on all hosts")
	if err := os.Symlink(path+"x", path); err != nil {
		t.Fatal(err)
	}
	refused("a link", "secret")
	for _, text := range []string{handoverMark, handoverMark + "abc", handoverMark + strings.Repeat("0", 64)} {
		if got, err := TakeOver(text); err == nil {
			t.Errorf("%q gave %q", text, got)
		}
	}
}
