package files

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"golang.org/x/sys/unix"
)

func TestOpen(t *testing.T) {
	folder := t.TempDir()
	fifo, file := filepath.Join(folder, "fifo"), filepath.Join(folder, "file")
	if err := errors.Join(unix.Mkfifo(fifo, 0o600), os.WriteFile(file, []byte("abc"), 0o600)); err != nil {
		t.Fatal(err)
	}
	for path, want := range map[string]string{
		fifo: "is no regular file", folder: "is a folder", file + "x": "no such file or directory", file: "",
	} {
		f, size, err := Open(path)
		switch {
		case err == nil && want == "" && size == 3:
			f.Close()
		case err == nil || want == "" || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), path):
			t.Errorf("%s: size %d, %v", path, size, err)
		}
	}
}

func hello(w io.Writer) error {
	_, err := io.WriteString(w, "hello")
	return err
}

// TestWriteIsWhole: a file has the old content or the new one, and nothing is left
// beside it.
func TestWriteIsWhole(t *testing.T) {
	folder := t.TempDir()
	file, link := filepath.Join(folder, "file"), filepath.Join(folder, "link")
	has := func(want string) {
		t.Helper()
		raw, err := os.ReadFile(file)
		if err != nil || string(raw) != want {
			t.Errorf("the file has %q, want %q, %v", raw, want, err)
		}
		if names, _ := filepath.Glob(filepath.Join(folder, "*.part")); len(names) > 0 {
			t.Errorf("%v is left", names)
		}
	}
	if err := os.WriteFile(file, []byte("old"), 0o640); err != nil {
		t.Fatal(err)
	}
	full := errors.New("full")
	if err := Write(t.Context(), file, func(w io.Writer) error { _ = hello(w); return full }); !errors.Is(err, full) {
		t.Error(err)
	}
	has("old")
	ended, cancel := context.WithCancel(t.Context())
	cancel()
	if err := Write(ended, file, hello); !errors.Is(err, context.Canceled) {
		t.Error(err)
	}
	has("old")
	if err := errors.Join(os.Symlink("file", link), Write(t.Context(), link, hello)); err != nil {
		t.Error(err)
	}
	has("hello")
	if st, err := os.Lstat(link); err != nil || st.Mode()&os.ModeSymlink == 0 {
		t.Error("the link is none any more")
	}
	if st, _ := os.Stat(file); st.Mode().Perm() != 0o640 {
		t.Errorf("the file has the permissions %v", st.Mode())
	}
	var writers sync.WaitGroup
	for range 8 {
		writers.Go(func() {
			if err := Write(t.Context(), file, hello); err != nil {
				t.Error(err)
			}
		})
	}
	writers.Wait()
	has("hello")
	if err := Write(t.Context(), "/dev/null", hello); err != nil {
		t.Error(err)
	}
	if err := Write(t.Context(), filepath.Join(folder, "none", "file"), hello); err == nil || !strings.Contains(err.Error(), "none/file: no such file") {
		t.Error(err)
	}
	long := filepath.Join(folder, strings.Repeat("x", 250))
	if err := Write(t.Context(), long, hello); err != nil {
		t.Error(err)
	}
	if err := Write(t.Context(), "/dev/full", hello); err == nil {
		t.Error("a full disk is no error")
	}
}
