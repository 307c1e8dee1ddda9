package luaplugin

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	lua "github.com/yuin/gopher-lua"

	"github.com/mpiclus/mpiclus-lua/internal/array"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/luaerr"
	"github.com/mpiclus/mpiclus-lua/plugins"
	"github.com/mpiclus/mpiclus-lua/plugins/load"
)

// folder holds the plugin of plugins/load/testdata/bad.
var folder string

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "luaplugin-test-")
	if err == nil {
		folder = dir
		cmd := exec.Command("go", "build", "-o", dir+string(filepath.Separator), "../load/testdata/bad")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, e := cmd.CombinedOutput(); e != nil {
			err = fmt.Errorf("%w: %s", e, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// process is an interpreter with the module, outside MPI.
func process(t *testing.T) *interp.Interp {
	t.Helper()
	in := interp.New(interp.Config{Stdout: io.Discard})
	in.AddModule("array", array.Open)
	l := load.New(load.Config{Folders: []string{folder}, Rank: load.NoRank, Stdout: io.Discard, Stderr: io.Discard})
	Add(in, Config{Loader: l})
	t.Cleanup(l.Close)
	return in
}

// run runs a script and returns what it returns.
func run(t *testing.T, in *interp.Interp, script string) (values []lua.LValue, err error) {
	t.Helper()
	in.Run(context.Background(), t.Name(), func(task *interp.Task) {
		fn, e := in.Codec().Chunks.Load(task.L(), "job.lua", script)
		if err = e; err == nil {
			values, err = task.Call(fn)
		}
	})
	return values, err
}

const prelude = `
local array, plugin = require "array", require "plugin"
local bad = plugin.load "bad"
`

func TestScripts(t *testing.T) {
	in := process(t)
	for name, script := range map[string]string{
		"values": `
			local deep = {1, {2, {3}}, x = {[1.5] = true, [false] = "no"}}
			local a, b, c, d, e, f, g = bad.echo(nil, true, -0.5, "a\0b", ("x"):rep(70000), deep, 1/0)
			assert(a == nil and b == true and c == -0.5 and d == "a\0b" and e == ("x"):rep(70000) and g == 1/0)
			assert(f ~= deep and f[1] == 1 and f[2][2][1] == 3 and f.x[1.5] == true and f.x[false] == "no")
			assert(select("#", bad.echo()) == 0 and select("#", bad.echo(nil, nil)) == 2)`,
		"every type of array": `
			for _, t in ipairs{"int8", "int16", "int32", "int64", "uint8", "uint16", "uint32", "uint64", "float32", "float64"} do
				local a = array.from({1, 2, 3}, t)
				local b, s = bad.echo(a, {a})
				assert(rawequal(b, a) and b == a and b:type() == t and s[1] == a, t)
			end
			local c = array.from({array.complex(1, 2)}, "complex128")
			assert(bad.echo(c) == c and bad.echo(array.from({true, false}, "bool"))[1] == true)
			local m = bad.echo(array.matrix(2, 3))
			local rows, cols = m:shape()
			assert(rows == 2 and cols == 3)
			assert(#bad.echo(array.zeros(0)) == 0)`,
		"in place": `
			local a = array.from{1, 2, 3}
			assert(rawequal(bad.double(a), a) and a == array.from{2, 4, 6})
			local v = a:view(2, 2)
			bad.double(v)
			assert(a == array.from{2, 8, 12})
			local m = array.range(1, 6):reshape(2, 3)
			local col = m:col(2)
			assert(rawequal(bad.double(col), col) and m:tostring() == "{{1, 4, 3}, {4, 10, 6}}")
			assert(bad.plus(m:col(1), m:col(3))[2] == 10 and m:tostring() == "{{1, 4, 4}, {4, 10, 10}}")
			assert(bad.echo(m:t()):tostring() == "{{1, 4}, {4, 10}, {4, 10}}")`,
		"new results": `
			local x, own, m, long, t = bad.fresh(1000)
			assert(#x == 1000 and x[1000] == 999 and own:type() == "int32" and own[7] == 6)
			local rows, cols = m:shape()
			assert(rows == 2 and cols == 3 and m:at(2, 3) == 6 and #long == 200000 and t.n == 1000 and t.list[2] == "two")`,
		"ops without MPI": `
			local b = array.from{10, 20}
			assert(bad.plus(array.from{1, 2}, b) == b and b == array.from{11, 22} and bad.plus(2, 3) == 5)
			assert(bad.plus(array.from({1}, "int32"), array.from({2}, "int32"))[1] == 3)
			assert(tostring(bad.plus) == "op bad.plus" and tostring(bad):find "^plugin bad 1%.0%.0 ")`,
		"about and list": `
			local a = plugin.about(bad)
			assert(a.name == "bad" and a.version == "1.0.0" and a.path:find "/bad$" and a.ops.plus and a.functions.echo)
			local list = plugin.list()
			assert(#list == 1 and list[1].name == "bad" and plugin.load(list[1].path) == bad and plugin.load "bad" == bad)`,
		"tasks take turns": `
			local results = {}
			for i = 1, 3 do results[i] = bad.echo(i) end
			assert(results[3] == 3)`,
	} {
		if _, err := run(t, in, prelude+script); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestErrors(t *testing.T) {
	in := process(t)
	for script, want := range map[string]string{
		`bad.fails()`:         "plugin: job.lua:4: plugin bad fails: it does not want to",
		`bad.dies()`:          "plugin: job.lua:4: plugin bad crashed in dies (exit status 2)",
		`bad.op_panics(1, 2)`: "plugin: job.lua:4: plugin bad op op_panics: panic: runtime error: index out of range",
		`bad.nothing()`:       "argument: job.lua:4: plugin bad 1.0.0 has no nothing; it has plus, ",
		`bad.rank_sum()`:      "mpi: job.lua:4: bad.rank_sum communicates: this process is not part of an MPI job",
		`bad.plus(1, "x")`:    "argument: job.lua:4: bad.plus combines two arrays or two numbers, not number and string",
		`bad.plus(array.zeros(1), array.zeros(2))`:                 "argument: job.lua:4: bad.plus combines arrays of one type and length, not float64 of 1 and float64 of 2",
		`bad.plus(array.zeros(1, "int8"), array.zeros(1, "int8"))`: "argument: job.lua:4: bad.plus does not work on int8, but on float64, int32",
		`bad.echo(1, print)`:                                       "argument: job.lua:4: bad argument #2 to 'bad.echo' (a function cannot go to a plugin",
		`bad.echo({[{}] = 1})`:                                     "argument: job.lua:4: bad argument #1 to 'bad.echo' (a table as key of a table)",
		`local t = {}; t.t = t; bad.echo(t)`:                       "a table in itself, or nested more than 100 deep",
		`plugin.load()`:                                            "argument: job.lua:4: bad argument #1 'name' to 'load' (name or path of a plugin expected, got nil)",
		`plugin.load("bad", {sum = 1})`:                            "no option sum",
		`plugin.load("bad", {checksum = "sha256:` + strings.Repeat("ab", 32) + `"})`: "plugin: job.lua:4: plugin bad: the checksum of",
		`plugin.load "none"`:             "plugin: job.lua:4: plugin none not found",
		`plugin.about(1)`:                "argument: job.lua:4: bad argument #1 'plugin' to 'about'",
		`bad.echo(array.zeros{1, 2, 3})`: "argument: job.lua:4: bad argument #1 to 'bad.echo' (a float64 array of 1x2x3 cannot go to a plugin: vectors and matrices can, such as a:flat())",
		`bad.double("x")`:                "plugin: job.lua:4: plugin bad double: bad argument #1 'array' (float64 array expected, got string)",
	} {
		_, err := run(t, in, prelude+script)
		e := luaerr.From(err)
		if err == nil || !strings.Contains(string(e.Kind)+": "+e.Message, want) {
			t.Errorf("%s: %v: %v, want %s", script, e.Kind, err, want)
		}
	}
}

// A table in itself must not come back endlessly either, and errors can be
// caught with their fields.
func TestErrorsAreTables(t *testing.T) {
	values, err := run(t, process(t), prelude+`
		local ok, e = pcall(bad.fails)
		return e.kind, e.message, e.traceback`)
	if err != nil || values[0] != lua.LString("plugin") || !strings.Contains(values[1].String(), "about to fail") {
		t.Errorf("%v (%v)", values, err)
	}
}

// What a plugin adds travels by name: another process loads the plugin.
func TestMembersTravel(t *testing.T) {
	from, to := process(t), process(t)
	from.Run(context.Background(), "sender", func(task *interp.Task) {
		L := task.L()
		fn, err := from.Codec().Chunks.Load(L, "job.lua", prelude+`return {bad.plus, bad.echo, bad}`)
		if err != nil {
			t.Error(err)
			return
		}
		values, err := task.Call(fn)
		if err != nil {
			t.Error(err)
			return
		}
		msg, err := from.Codec().Encode(L, "value", values...)
		if err != nil {
			t.Error(err)
			return
		}
		to.Run(context.Background(), "receiver", func(task *interp.Task) {
			got, err := to.Codec().Decode(task.L(), msg)
			if err != nil {
				t.Error(err)
				return
			}
			task.L().SetGlobal("got", got[0])
			fn, _ := to.Codec().Chunks.Load(task.L(), "there.lua", `
				assert(got[1](1, 2) == 3 and got[2](7) == 7 and got[3].plus == got[1])
				assert(require("plugin").load "bad" == got[3])`)
			if _, err := task.Call(fn); err != nil {
				t.Error(err)
			}
		})
	})
}

// Array types have the same names and order here and in the protocol.
func TestTypesMatch(t *testing.T) {
	for _, a := range array.Types() {
		w := wireType(a)
		if w.String() != a.String() || w.Size() != a.Size() || luaType(w) != a || !w.Known() {
			t.Errorf("%s is %s in the protocol", a, w)
		}
	}
	if plugins.Type(len(array.Types()) + 1).Known() {
		t.Error("the protocol has types that arrays have not")
	}
}
