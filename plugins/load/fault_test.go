package load

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/plugintest"
	"github.com/mpiclus/mpiclus-lua/plugins/wire"
)

// wants fails unless err is of kind Plugin and holds all words.
func wants(t *testing.T, err error, words ...string) {
	t.Helper()
	var e *luaerr.Error
	if !errors.As(err, &e) || e.Kind != luaerr.Plugin {
		t.Errorf("error of kind plugin expected, got %v", err)
		return
	}
	for _, w := range words {
		if !strings.Contains(e.Message, w) {
			t.Errorf("%q is not in %q", w, e.Message)
		}
	}
}

func TestFaultsAtStart(t *testing.T) {
	for mode, words := range map[string][]string{
		"stdout": {"wrote to standard output before the handshake", "hello from a plugin"},
		"hang":   {"hangs", "did not shake hands within 1s"},
		"exit":   {"ended before the handshake", "exit status 3", "no licence found"},
		"panic":  {"ended before the handshake", "exit status 2", "panic: bad start"},
		"old":    {"speaks version 9 of the plugin protocol", "this software version 1"},
		"core":   {"version 7 of go-plugin"},
		"netrpc": {"speaks netrpc, not grpc"},
		"dead":   {"shook hands and then failed"},
		"lie":    {"lies about its version", "version 1", "version 2"},
		"silent": {"hangs: it shook hands and did not answer"},
		"names":  {`"two words" is no name in Lua`},
	} {
		t.Run(mode, func(t *testing.T) {
			t.Setenv("BAD_PLUGIN", mode)
			limit := 20 * time.Second
			switch mode {
			case "hang":
				limit = time.Second
			case "silent":
				limit = 3 * time.Second
			}
			_, err := loader(t, Config{StartTimeout: limit}).Load(context.Background(), bad, "")
			wants(t, err, append(words, "plugin bad")...)
		})
	}
}

func TestFilesThatAreNoPlugins(t *testing.T) {
	dir := t.TempDir()
	text, script := filepath.Join(dir, "text"), filepath.Join(dir, "script")
	for path, mode := range map[string]os.FileMode{text: 0o644, script: 0o755} {
		if err := os.WriteFile(path, []byte("not a program\n"), mode); err != nil {
			t.Fatal(err)
		}
	}
	l := loader(t, Config{})
	for path, words := range map[string][]string{
		text: {"not executable"}, script: {"cannot be started", "exec format error"}, dir: {"is a folder"},
		filepath.Join(dir, "none"): {"no such file"}, "nowhere": {"plugin nowhere not found"}, "": {"empty"},
	} {
		_, err := l.Load(context.Background(), path, "")
		wants(t, err, words...)
	}
}

func TestShortData(t *testing.T) {
	t.Setenv("BAD_PLUGIN", "short")
	p := loaded(t, Config{})
	err := p.Combine(context.Background(), "plus", plugins.Float64, make([]byte, 24), make([]byte, 24))
	wants(t, err, "plugin bad returned short data: op plus combined 2 of 3 elements")
	for _, f := range []string{"odd_bytes", "outside", "bad_shape", "not_an_argument"} {
		wants(t, elements(t, p, f), "returned short data", f)
	}
	wants(t, elements(t, p, "bad_type"), "unknown type 99")
}

// elements calls a function and reads the array that it returns.
func elements(t *testing.T, p *Plugin, function string) error {
	t.Helper()
	c, err := p.Call(context.Background(), function)
	if err != nil {
		t.Fatal(err)
	}
	defer c.End()
	resp, err := c.Run(context.Background(), nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.Elements(resp.GetResults()[0].GetArray())
	return err
}

// call calls a function of numbers and returns the response.
func call(ctx context.Context, p *Plugin, function string, comm *plugins.Comm, args ...float64) (*wire.Response, error) {
	c, err := p.Call(ctx, function)
	if err != nil {
		return nil, err
	}
	defer c.End()
	var values []*wire.Value
	for _, a := range args {
		values = append(values, &wire.Value{Kind: &wire.Value_Number{Number: a}})
	}
	return c.Run(ctx, comm, values)
}

func TestFaultsInCalls(t *testing.T) {
	p := loaded(t, Config{})
	ctx := context.Background()
	for function, words := range map[string][]string{
		"fails":  {"plugin bad fails: it does not want to", "its last output", "about to fail"},
		"panics": {"panic: assignment to entry in nil map", "bad/main.go:"},
		"odd":    {"result 1 of odd", "chan int"},
		"dies":   {"crashed in dies (exit status 2)", "panic: a goroutine of the plugin fell over"},
		"leaves": {"crashed in leaves (exit status 5)", "so long"},
	} {
		_, err := call(ctx, p, function, nil)
		wants(t, err, words...)
	}
	x := make([]byte, 16)
	for op, words := range map[string][]string{
		"op_fails":  {"op op_fails: it does not want to"},
		"op_panics": {"panic: runtime error: index out of range [2] with length 2", "bad/main.go:"},
		"op_dies":   {"crashed in op op_dies (exit status 2)", "fell over"},
		"none":      {`there is no op "none"`},
	} {
		wants(t, p.Combine(ctx, op, plugins.Float64, x, x), words...)
	}
	wants(t, p.Combine(ctx, "plus", plugins.Int8, x, x), "does not work on int8")
	// After all that it serves again.
	if _, err := call(ctx, p, "echo", nil, 1); err != nil {
		t.Error(err)
	}
}

func TestCrashBetweenCallsStartsAgainWithBackOff(t *testing.T) {
	p := loaded(t, Config{})
	ctx := context.Background()
	var pids []int
	began := time.Now()
	for range 4 {
		if _, err := call(ctx, p, "echo", nil, 1); err != nil {
			t.Fatal(err)
		}
		pids = append(pids, p.Pid())
		run := p.current
		if err := syscall.Kill(p.Pid(), syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
		<-run.runner.exited
	}
	for i := 1; i < len(pids); i++ {
		if pids[i] == pids[i-1] || pids[i] == 0 {
			t.Errorf("process ids %v", pids)
		}
	}
	// The second new start waits 100 ms, the third 200 ms.
	if took := time.Since(began); took < 300*time.Millisecond {
		t.Errorf("three new starts took %v: no back-off", took)
	}
	limited, cancel := context.WithTimeout(ctx, 50*time.Millisecond)
	defer cancel()
	if _, err := call(limited, p, "echo", nil, 1); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("a call while the plugin backs off: %v", err)
	}
}

func TestCancelEndsWhatHangs(t *testing.T) {
	p := loaded(t, Config{})
	why := errors.New("enough")
	hang := map[string]func(ctx context.Context) error{
		"hangs": func(ctx context.Context) error { _, err := call(ctx, p, "hangs", nil); return err },
		"op_hangs": func(ctx context.Context) error {
			return p.Combine(ctx, "op_hangs", plugins.Float64, make([]byte, 8), make([]byte, 8))
		},
		"waits": func(ctx context.Context) error {
			_, err := call(ctx, p, "waits", plugintest.Comms(context.Background(), 2)[0])
			return err
		},
	}
	for name, f := range hang {
		ctx, cancel := context.WithCancelCause(context.Background())
		time.AfterFunc(200*time.Millisecond, func() { cancel(why) })
		began := time.Now()
		if err := f(ctx); !errors.Is(err, why) {
			t.Errorf("%s: %v", name, err)
		}
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: ended after %v", name, took)
		}
		cancel(nil)
	}
	if _, err := call(context.Background(), p, "echo", nil, 1); err != nil {
		t.Error(err)
	}
}

func TestCrashWhileItWaitsForOthers(t *testing.T) {
	p := loaded(t, Config{})
	_, err := call(context.Background(), p, "dies_waiting", plugintest.Comms(context.Background(), 2)[0])
	wants(t, err, "crashed in dies_waiting", "fell over")
}

// A host that is killed takes its plugin with it.
func TestPluginDiesWithItsHost(t *testing.T) {
	if os.Getenv("LOAD_TEST_HOST") != "" {
		l := New(Config{Rank: NoRank})
		p, err := l.Load(context.Background(), os.Getenv("LOAD_TEST_HOST"), "")
		if err != nil {
			t.Fatal(err)
		}
		os.Stdout.WriteString(strconv.Itoa(p.Pid()) + "\n")
		time.Sleep(time.Minute)
	}
	host := exec.Command(os.Args[0], "-test.run=^TestPluginDiesWithItsHost$")
	host.Env = append(os.Environ(), "LOAD_TEST_HOST="+bad)
	out, err := host.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Start(); err != nil {
		t.Fatal(err)
	}
	var text [32]byte
	n, err := out.Read(text[:])
	if err != nil {
		t.Fatal(err)
	}
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil {
		t.Fatal(err)
	}
	if err := host.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = host.Wait()
	for deadline := time.Now().Add(5 * time.Second); !isZombie("/proc/" + strconv.Itoa(pid) + "/exe"); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("plugin %d outlives its host", pid)
		}
	}
	if left, _ := filepath.Glob(filepath.Join(os.TempDir(), folderPrefix+strconv.Itoa(host.Process.Pid)+"-*")); len(left) > 0 {
		t.Errorf("left: %v", left)
	}
}
