package shell_test

import (
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"go.uber.org/goleak"

	"github.com/mpiclus/mpiclus-lua/host"
	"github.com/mpiclus/mpiclus-lua/internal/interp"
	"github.com/mpiclus/mpiclus-lua/internal/shell"
	"github.com/mpiclus/mpiclus-lua/internal/testkit"
	"github.com/mpiclus/mpiclus-lua/luampi/outside"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// session is a shell with three workers in process.
type session struct {
	*shell.Shell
	master *testkit.Cluster
	pieces *host.Pieces
}

func open(t *testing.T) *session {
	t.Helper()
	mpi := func(in *interp.Interp) { in.AddModule("mpi", outside.Open("test kit")) }
	c := testkit.New(t, host.Config{NP: 3, Modules: mpi, Launcher: &testkit.Launcher{Modules: mpi}})
	p := c.Pieces()
	s, err := shell.New(shell.Config{Pieces: p, Width: func() int { return 60 }})
	if err != nil {
		t.Fatal(err)
	}
	return &session{s, c, p}
}

// run runs an input and gives its text, or the first line of its error after "! ".
func (s *session) run(input string) string {
	o := s.Run(input)
	if o.Err != nil {
		text, _, _ := strings.Cut(s.pieces.Report(o.Err), "\n")
		return "! " + text
	}
	return o.Text
}

// check runs inputs one after the other, and compares what comes of each.
func (s *session) check(t *testing.T, inputs [][2]string) {
	t.Helper()
	for _, c := range inputs {
		if got := s.run(c[0]); got != c[1] {
			t.Errorf("%s\ngot\n%s\nwant\n%s", c[0], got, c[1])
		}
	}
}

// TestInputs: what a session shows, input by input.
func TestInputs(t *testing.T) {
	open(t).check(t, [][2]string{
		{"1 + 1", "2"},
		{"= 'a' .. 1", `"a1"`},
		{"1, nil, 'x'", "1\tnil\t\"x\""},
		{"x = 5", ""},
		{"x", "5"},
		{"_ + 1", "6"},
		{"-- nothing", ""},
		{"", ""},
		{"nil", "nil"},
		{"local a, b = 1, 2", ""},
		{"a + b", "3"},
		{"local function add() a = a + 1 return a end", ""},
		{"add(), add()", "2\t3"},
		{"a", "3"},
		{"a = 10", ""},
		{"add()", "11"},
		{"local a = 'new'", ""},
		{"a, add()", "\"new\"\t12"},
		{"do local hidden = 1 end return hidden", "nil"},
		{"local c = 7 return c", "7"},
		{"c", "7"},
		{"local function f(n) return n == 0 and 'done' or f(n - 1) end", ""},
		{"f(3)", `"done"`},
		{"for i = 1, 2 do\n  local y = i\nend", ""},
		{"error('no')", "! In[24]:1: no"},
		{"x = = 1", "! In[25]:1: unexpected symbol near '='"},
		{"local t = {}\nreturn t.x.y", "! In[26]:2: attempt to index field 'x' (a nil value): in t.x.y"},
		{"error({ code = 5 })", "! In[27]:1: {code = 5}"},
		{"f", "function: In[21]:1"},
		{"print", "function: print"},
		{"string.format", "function: string.format"},
		{"function g() end", ""},
		{"g", "function: In[31]:1"},
		{"array.range(1, 3)", "float64 array of 3 {1, 2, 3}"},
		{"%nonsense", "! there is no command %nonsense (%help lists them)"},
		{"%tim 1", "! there is no command %tim: did you mean %time? (%help lists them)"},
		{"%where now", `! %where takes nothing after it, got "now"`},
	})
}

// TestShow: values as text, at 60 columns.
func TestShow(t *testing.T) {
	long := strings.Repeat("abcdefghi ", 6)
	open(t).check(t, [][2]string{
		{"{}", "{}"},
		{"{ 1, 'two', true, { 3 } }", `{ 1, "two", true, { 3 } }`},
		{"{ b = 1, a = 2, ['x y'] = 3, [10] = 4, [true] = 5 }", `{ a = 2, b = 1, ["x y"] = 3, [10] = 4, [true] = 5 }`},
		{"(function() local t = {} for i = 1, 30 do t[i] = i * 100 end return t end)()", "{\n" +
			"  100, 200, 300, 400, 500, 600, 700, 800, 900, 1000, 1100,\n" +
			"  1200, 1300, 1400, 1500, 1600, 1700, 1800, 1900, 2000,\n" +
			"  2100, 2200, 2300, 2400, 2500, 2600, 2700, 2800, 2900,\n  3000\n}"},
		{"{ name = '" + long + "', other = { 1, 2 } }", "{\n  name = \"" + long + "\",\n  other = { 1, 2 }\n}"},
		{"local t = { 1 } t.self = t return t", "<1> { 1, self = <1> }"},
		{"local u = {} return { u, u }", "{ <1> {}, <1> }"},
		{"{{{{{{{}}}}}}}", "{ { { { { {…} } } } } }"},
		{"'a\\n\\0\\200\"\\\\'", `"a\n\000\200\"\\"`},
		{"('x'):rep(5000):len(), #tostring(('x'):rep(5000))", "5000\t5000"},
		{"setmetatable({}, { __tostring = function() return 'mine' end })", "mine"},
		{"setmetatable({}, { __tostring = function() error('bad', 0) end })", "! bad"},
	})
	s := open(t)
	if got := s.run("local t = {} for i = 1, 200000 do t[i] = i end return t"); !strings.HasSuffix(got, "100,\n  … 199900 more\n}") {
		t.Errorf("a long list ends in %q", got[max(0, len(got)-60):])
	}
	if got := s.run("('é'):rep(5000)"); !strings.HasSuffix(got, "é\"… (10000 bytes)") {
		t.Errorf("a long text ends in %q", got[max(0, len(got)-60):])
	}
	if got := s.run("local t = {} for i = 1, 100 do t[i] = {} for j = 1, 100 do t[i][j] = { j } end end return t"); len(got) > 20000 {
		t.Errorf("a large table takes %d bytes", len(got))
	}
}

// TestWorkers: the commands about workers, in one session.
func TestWorkers(t *testing.T) {
	s := open(t)
	s.check(t, [][2]string{
		{"local n = 10", ""},
		{"%all cluster.myid() + n", "rank 0: 12\nrank 1: 13\nrank 2: 14"},
		{"%all 4", "ranks 0-2: 4"},
		{"%all\nlocal v = cluster.myid()\nif v == 3 then return 'odd' end\n", "rank 1: \"odd\""},
		{"%on 0,2 n", "ranks 0,2: 10"},
		{"%on 0-1 n", "ranks 0-1: 10"},
		{"%on 1-x n", `! %on: ranks such as 0 or 0,2-3 expected, got "1-x"`},
		{"%on 7 n", "! In[8]:1: there is no rank 7: this manager has ranks 0 to 2"},
		{"%all g = 3", ""},
		{"%get g", "ranks 0-2: 3"},
		{"%get", "! %get: what is it to take? Write %get NAME"},
		{"%all", "! %all: what is it to take? Write %all CODE"},
		{"%all x y", "! In[13]:1: '=' expected near 'y'"},
		{"%all\n\nerror('there')\n", "! ranks 0-2 (3 of 3): In[14]:3: there"},
		{"t = { 1, 2 }", ""},
		{"%set t", ""},
		{"%set n", ""},
		{"%all #t + n", "ranks 0-2: 12"},
		{"%who", "here: n (local number), t (table)\nranks 0-2: g (number), n (number), t (table)"},
		{"cluster.everywhere(function() everyone = 1 end)", ""},
		{"%restart", "a fresh job runs: pids 5-7"},
		{"%all tostring(g) .. #t .. everyone .. n", `ranks 0-2: "nil2110"`},
		{"local manager = cluster.MPIManager{ np = 1 }", ""},
		{"%all cluster.myid()", "rank 0: 8"},
		{"manager = 5", ""},
		{"%all 1", "! the variable manager holds no manager, whose workers this would use: manager = cluster.MPIManager{ np = 4 }"},
	})
	if got := s.run("%time %all 1"); !strings.HasPrefix(got, "! ") {
		t.Error(got)
	}
	s.run("manager = cluster.MPIManager{ np = 2 }")
	if got := s.run("%time %all 1"); !strings.HasPrefix(got, "ranks 0-1: 1\ntime: ") {
		t.Error(got)
	}
	if got := s.run("%timeit local x = 1"); !strings.Contains(got, "ns for one run (the best of 5 times ") {
		t.Error(got)
	}
	if got := s.run("%where"); !regexp.MustCompile(`\n *0-1 +idle `).MatchString(got) {
		t.Error(got)
	}
	if !s.Run("%quit").Quit {
		t.Error("quit does not")
	}
}

// TestWhole: which inputs go on in the next line.
func TestWhole(t *testing.T) {
	s := open(t)
	for input, want := range map[string]bool{
		"": true, "1 +": false, "1 + 1": true, "x": true, "f(": false, "for i = 1, 2 do": false, "for i = 1, 2 do\nend": true, "= 1 +": false,
		"x = )": true, "s = [[": false, "'open": true, "-- a": true, "--[[": false, "return": true, "local x =": false,
		"%all": false, "%all\n1": false, "%all\n1\n": true, "%all 1": true, "%all f(": false, "%all f(\n1)": true, "%on 0,1": false, "%on 0,1 1": true,
		"%nonsense": true, "%who": true, "%%all\nfor i = 1, 2 do\n": true, "%time f(": false,
	} {
		if got := s.Whole(input); got != want {
			t.Errorf("%q: got %v", input, got)
		}
	}
}

// TestSession: a session that is saved is a script that does the same, and can be
// loaded with its local variables.
func TestSession(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "s.lua")
	s := open(t)
	s.check(t, [][2]string{
		{"local n = 2", ""}, {"f(", "! In[2]:1: unexpected symbol near '<eof>'"}, {"n + 1", "3"},
		{"%all n * 2", "ranks 0-2: 4"}, {"%set n", ""}, {"= n", "2"},
		{"(function() total = n end)()", ""},
		{"%all copy = n", ""}, {"local last = cluster.mpido(manager, function() return copy end)[2]", ""},
		{"local r = 5 return r", "5"},
		{"%save " + file, file + " holds 9 inputs"},
		{"%save " + file, "! %save: " + file + " is there already: %save -f " + file + " writes over it"},
		{"%save -f " + file, file + " holds 9 inputs"},
	})
	fresh := open(t)
	fresh.check(t, [][2]string{{"%load " + file, ""}, {"n, total, last, _", "2\t2\t2\t5"}})
	again := open(t)
	again.check(t, [][2]string{{"%run " + file, ""}, {"n, total", "nil\t2"}})
	if got := again.master.Out.String(); got != "" {
		t.Errorf("printed %q", got)
	}
	if got := fresh.run("%load " + filepath.Join(folder, "none")); !strings.HasPrefix(got, "! %load: open ") {
		t.Error(got)
	}
	args := filepath.Join(folder, "a.lua")
	if err := os.WriteFile(args, []byte("return arg[0] ~= nil and arg[1], ..."), 0o600); err != nil {
		t.Fatal(err)
	}
	fresh.check(t, [][2]string{{"%run " + args + " x y", "\"x\"\t\"x\"\t\"y\""}})
}

// TestComplete: what may stand before the cursor, at the end of each input.
func TestComplete(t *testing.T) {
	folder := t.TempDir()
	if err := os.WriteFile(filepath.Join(folder, "job.lua"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	s := open(t)
	s.run("local localname = { field = { deeper = 1 }, method = function() end }")
	s.run("a = array.zeros(3)")
	s.run("object = setmetatable({}, { __index = { inherited = 1 } })")
	for input, want := range map[string]string{
		"%ti": "time timeit", "%%al": "all", "localn": "localname", "x = localname.f": "field", "localname.field.d": "deeper", "localname:": "method",
		"array.linalg.sol": "solve", "a:me": "mean", "mpi.COMM_W": "COMM_WORLD", "string.forma": "format", "whil": "while", "nothing.": "",
		"f().x": "", "object.inh": "inherited", "manager:resta": "restart", "%all array.zer": "zeros",
		"%run " + folder + "/j": "job.lua", `io.open("` + folder + "/": "job.lua", "cluster.mpid": "mpido",
	} {
		c := s.Complete(input, len(input))
		var texts []string
		for _, item := range c.Items {
			texts = append(texts, item.Text)
			if !strings.HasPrefix(item.Text, strings.TrimPrefix(input[c.Start:], "%")) {
				t.Errorf("%q: %q is not in the place of %q", input, item.Text, input[c.Start:])
			}
		}
		if got := strings.Join(texts, " "); got != want {
			t.Errorf("%q: got %q, want %q", input, got, want)
		}
	}
}

// TestHelp: what help, and the hint beside the cursor, tell of names.
func TestHelp(t *testing.T) {
	s := open(t)
	s.run("-- Adds two numbers.\n-- They may be arrays.\nfunction add(a, b, ...) return a + b end")
	s.run("v = array.zeros(2)")
	for input, want := range map[string]string{
		"%help": "An input is Lua, or a command:\n", "%help all": "%all CODE\n    Runs code on all workers", "%help %who": "%who\n    Lists",
		"%help mpi.Send": "mpi.Send(", "%help array.zeros": "array.zeros(", "%help v:sum": "a:sum(", "%help array.linalg.solve": "array.linalg.solve(",
		"%help add": "add(a, b, ...)\n    Adds two numbers.\n    They may be arrays.\n    In[1]:3", "%help v": "v is a userdata\nfloat64 array of 2 {0, 0}",
		"%help nothing": "! %help: nothing is called nothing here",
	} {
		if got := s.run(input); !strings.HasPrefix(got, want) {
			t.Errorf("%s: got\n%s\nwant\n%s", input, got, want)
		}
	}
	for input, want := range map[string]string{
		"mpi.Send(": "mpi.Send(", "mpi.Send(array.zeros(3), ": "mpi.Send(", "array.zer": "", "array.zeros": "array.zeros(", "add(1, { 2,": "add(a, b, ...)",
		"%on ": "%on RANKS CODE", "nothing(": "", "x = ": "",
	} {
		if got := s.Hint(input, len(input)); !strings.HasPrefix(got, want) || want == "" && got != "" {
			t.Errorf("%q: got %q, want %q", input, got, want)
		}
	}
}
