package load

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"go.uber.org/goleak"
)

// bad is the executable of testdata/bad.
var bad string

func TestMain(m *testing.M) {
	if os.Getenv("LOAD_TEST_HOST") != "" { // the host of TestPluginDiesWithItsHost
		os.Exit(m.Run())
	}
	dir, err := os.MkdirTemp("", "load-test-")
	if err == nil {
		bad = filepath.Join(dir, "bad")
		err = build(bad, "./testdata/bad")
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	if status == 0 {
		if err := goleak.Find(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			status = 1
		}
	}
	os.Exit(status)
}

func build(exe, pkg string) error {
	cmd := exec.Command("go", "build", "-o", exe, pkg)
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s: %w: %s", pkg, err, out)
	}
	return nil
}

// buffer is output that goroutines write.
type buffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (b *buffer) Write(p []byte) (int, error) {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.Write(p)
}

func (b *buffer) String() string {
	b.mu.Lock()
	defer b.mu.Unlock()
	return b.b.String()
}

// loader makes a loader that ends with the test, and checks that no process
// of the plugin is left.
func loader(t *testing.T, cfg Config) *Loader {
	t.Helper()
	if cfg.Stdout == nil {
		cfg.Stdout, cfg.Stderr = t.Output(), t.Output()
	}
	if cfg.StartTimeout == 0 {
		cfg.StartTimeout = 20 * time.Second
	}
	cfg.Rank = NoRank
	if _, again := checked.LoadOrStore(t.Name(), true); !again {
		t.Cleanup(func() { nothingLeft(t) }) // runs after all loaders have ended
	}
	l := New(cfg)
	t.Cleanup(l.Close)
	return l
}

// checked are the tests that look at their end for what is left.
var checked sync.Map

// nothingLeft fails when a process of the bad plugin runs, or a folder of
// sockets is there.
func nothingLeft(t *testing.T) {
	t.Helper()
	entries, _ := filepath.Glob("/proc/[0-9]*/exe")
	for _, e := range entries {
		if exe, err := os.Readlink(e); err == nil && strings.HasPrefix(exe, bad) && !isZombie(e) {
			t.Errorf("%s is left: %s", e, exe)
		}
	}
	folders, _ := filepath.Glob(filepath.Join(os.TempDir(), fmt.Sprintf("%s%d-*", folderPrefix, os.Getpid())))
	if len(folders) > 0 {
		t.Errorf("left: %v", folders)
	}
}

func isZombie(exe string) bool {
	stat, err := os.ReadFile(filepath.Join(filepath.Dir(exe), "stat"))
	return err != nil || strings.Contains(string(stat), ") Z ")
}

// loaded returns the bad plugin behaving well at start.
func loaded(t *testing.T, cfg Config) *Plugin {
	t.Helper()
	p, err := loader(t, cfg).Load(context.Background(), bad, "")
	if err != nil {
		t.Fatal(err)
	}
	return p
}
