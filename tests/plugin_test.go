package tests

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// buildPlugins builds the sample plugins where the command finds them, and
// the bad one where it does not.
func buildPlugins() error {
	for dir, packages := range map[string][]string{
		"plugins": {"plugins/stats", "plugins/topk"}, "faulty": {"plugins/load/testdata/bad"},
	} {
		to := filepath.Join(folder, dir) + string(filepath.Separator)
		if err := os.MkdirAll(to, 0o777); err != nil {
			return err
		}
		cmd := exec.Command("go", "build", "-trimpath", "-ldflags", "-s -w", "-o", to)
		for _, p := range packages {
			cmd.Args = append(cmd.Args, "github.com/mpiclus/mpiclus-lua/"+p)
		}
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
		}
	}
	return nil
}

// noPlugins fails when a plugin process of these tests runs.
func noPlugins(t *testing.T) {
	t.Helper()
	for deadline := time.Now().Add(endLimit); ; time.Sleep(20 * time.Millisecond) {
		var left []string
		links, _ := filepath.Glob("/proc/[0-9]*/exe")
		for _, l := range links {
			if exe, err := os.Readlink(l); err == nil && strings.HasPrefix(exe, folder) && !strings.HasPrefix(filepath.Base(exe), "mpiclus") {
				left = append(left, l+" "+exe)
			}
		}
		if len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("plugins are left: %v", left)
		}
	}
}

func pluginScript(name string) string { return filepath.Join("testdata", "plugins", name) }

// TestPluginsUnderMpirun: ops and functions on 1 to 4 ranks.
func TestPluginsUnderMpirun(t *testing.T) {
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	for _, script := range []string{"ops.lua", "functions.lua"} {
		for n := 1; n <= 4; n++ {
			r := mpitest.Run(t, mpitest.Mpirun(n, command, "run", "--plugin", filepath.Join(folder, "faulty"), pluginScript(script)))
			if r.Status != 0 || strings.TrimSpace(r.Stdout) != "fine" {
				t.Errorf("%s on %d ranks: %s", script, n, r)
			}
		}
	}
	noPlugins(t)
}

func TestPluginsTravel(t *testing.T) {
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	for n := 1; n <= 4; n++ {
		r := mpitest.Run(t, mpitest.Command{Args: []string{command, "run", pluginScript("travel.lua"), fmt.Sprint(n)}})
		if r.Status != 0 || r.Stdout != "fine\n" {
			t.Error(r)
		}
	}
	noPlugins(t)
}

// faulty is the command that runs faults.lua with the bad plugin, found by
// the flag.
func faulty(what string) mpitest.Command {
	return mpitest.Command{
		Args: []string{command, "run", "--plugin", filepath.Join(folder, "faulty"), pluginScript("faults.lua"), what}, Bare: true,
	}
}

// TestPluginFaults: the error names the rank, the plugin and the cause, and
// the job goes on.
func TestPluginFaults(t *testing.T) {
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	for what, texts := range map[string][]string{
		"fails":     {"plugin bad fails: it does not want to", "about to fail"},
		"panics":    {"plugin bad panics: panic: assignment to entry in nil map"},
		"dies":      {"plugin bad crashed in dies (exit status 2)", "panic: a goroutine of the plugin fell over"},
		"op_fails":  {"plugin bad op op_fails: it does not want to"},
		"op_panics": {"plugin bad op op_panics: panic: runtime error: index out of range"},
		"op_dies":   {"plugin bad crashed in op op_dies (exit status 2)", "fell over"},
	} {
		r := mpitest.Run(t, faulty(what))
		if r.Status != 0 {
			t.Errorf("%s: %s", what, r)
		}
		holds(t, r, r.Stdout, append(texts, "kind plugin: rank 1: ", "faults.lua:", "goes on")...)
		if what == "fails" { // what the plugin printed is shown before mpido returns
			shown, _, _ := strings.Cut(r.Stdout, "kind plugin")
			holds(t, r, shown, "[1] [rank 1, bad] about to fail\n")
		}
	}
	r := mpitest.Run(t, faulty("reduction"))
	holds(t, r, r.Stdout, "kind plugin: ", "crashed in op op_dies", "faults.lua:")
	noPlugins(t)
}

// TestPluginTimeouts: what hangs in a plugin is left.
func TestPluginTimeouts(t *testing.T) {
	mpitest.Need(t)
	c := faulty("")
	c.Args[4] = pluginScript("timeouts.lua")
	if r := mpitest.Run(t, c); r.Status != 0 || r.Stdout != "fine\n" {
		t.Error(r)
	}
	noPlugins(t)
}

// TestPluginsDieWithTheJob: whoever is killed while plugins are at work, none
// of them is left.
func TestPluginsDieWithTheJob(t *testing.T) {
	mpitest.Need(t)
	for _, kind := range []string{"worker", "supervisor", "launcher", "master"} {
		c := faulty("hangs")
		c.Alone = true
		j := mpitest.Start(t, c)
		j.Await("rank 0 is there")
		j.Await("rank 1 is there")
		time.Sleep(50 * time.Millisecond)
		p, err := os.FindProcess(pidOf(t, j, kind))
		if err == nil {
			err = p.Kill()
		}
		if err != nil {
			t.Fatal(err)
		}
		j.Wait()
		noPlugins(t)
	}
}

// TestPluginNew: what 'plugin new' writes builds outside of the repository,
// passes its test and works on 1 to 4 ranks.
func TestPluginNew(t *testing.T) {
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	path := os.Getenv("PATH")
	run := func(in string, words ...string) {
		t.Helper()
		cmd := exec.Command(words[0], words[1:]...)
		cmd.Dir = in
		// As plugins of this project are built: on a fresh machine half as much is compiled.
		cmd.Env = append(os.Environ(), "PATH="+folder+string(filepath.ListSeparator)+path, "CGO_ENABLED=0", "GOFLAGS="+os.Getenv("GOFLAGS")+" -trimpath")
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v: %v\n%s", words, err, out)
		}
	}
	run(dir, command, "plugin", "new", "fresh-one")
	made := filepath.Join(dir, "fresh-one")
	run(made, "make", "test")
	run(made, "make")
	run(made, "go", "vet", "./...")
	for n := 1; n <= 4; n++ {
		r := mpitest.Run(t, mpitest.Command{Args: []string{command, "run", "-n", fmt.Sprint(n), "--plugin", "./fresh-one", "example.lua"}, Dir: made})
		holds(t, r, r.Stdout, fmt.Sprintf("rank %d: hypot ", n-1))
		if r.Status != 0 {
			t.Error(r)
		}
	}
	cmd := exec.Command(command, "plugin", "new", "fresh-one")
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err == nil || !strings.Contains(string(out), "is there and not empty") {
		t.Errorf("a second time: %v %s", err, out)
	}
	noPlugins(t)
}

// TestPluginDocumentation runs the scripts of docs/plugins.md.
func TestPluginDocumentation(t *testing.T) {
	mpitest.Need(t)
	doc, err := os.ReadFile("../docs/plugins.md")
	if err != nil {
		t.Fatal(err)
	}
	blocks := strings.Split(string(doc), "```lua\n")[1:]
	if len(blocks) == 0 {
		t.Fatal("no scripts")
	}
	for i, b := range blocks {
		script, _, _ := strings.Cut(b, "```")
		file := filepath.Join(t.TempDir(), fmt.Sprintf("block%d.lua", i+1))
		if err := os.WriteFile(file, []byte(script), 0o600); err != nil {
			t.Fatal(err)
		}
		if r := mpitest.Run(t, mpitest.Command{Args: []string{command, "run", file}}); r.Status != 0 {
			t.Error(r)
		}
	}
	noPlugins(t)
}

// TestPluginCommand: list, info and lock.
func TestPluginCommand(t *testing.T) {
	mpitest.Need(t)
	dir := t.TempDir()
	raw, err := os.ReadFile(filepath.Join(folder, "plugins", "topk"))
	if err != nil {
		t.Fatal(err)
	}
	own := filepath.Join(dir, "own")
	if err := os.WriteFile(own, raw, 0o755); err != nil {
		t.Fatal(err)
	}
	run := func(status int, words ...string) *mpitest.Result {
		t.Helper()
		r := mpitest.Run(t, mpitest.Command{Args: append([]string{command, "plugin"}, words...), Env: []string{"MPICLUS_PLUGIN_PATH=" + dir}})
		if r.Status != status {
			t.Fatal(r)
		}
		return r
	}
	r := run(0, "list")
	holds(t, r, r.Stdout, "own ", "stats ", "1.0.0", "logsumexp", "describe()", own)
	r = run(0, "info", "stats")
	holds(t, r, r.Stdout, "stats 1.0.0", "checksum  sha256:", "op moments on float64, in records of 4", "function describe(array, quantiles, comm)")
	r = run(1, "info", "nothing")
	holds(t, r, r.Stderr, "plugin nothing not found")
	run(0, "lock", "own")
	run(0, "info", "own")
	if err := os.WriteFile(own, append(raw, 0), 0o755); err != nil {
		t.Fatal(err)
	}
	r = run(1, "info", "own")
	holds(t, r, r.Stderr, "plugins.lock does not allow")
	r = run(0, "list")
	holds(t, r, r.Stdout, "own    cannot be loaded")
	noPlugins(t)
}
