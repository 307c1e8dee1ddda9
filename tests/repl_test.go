package tests

import (
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

const (
	enter  = "\r"
	tab    = "\t"
	up     = "\x1b[A"
	left   = "\x1b[D"
	ctrlA  = "\x01"
	ctrlC  = "\x03"
	ctrlD  = "\x04"
	ctrlE  = "\x05"
	ctrlR  = "\x12"
	rubout = "\x7f"
)

// TestReplEditing: editing, continuation, completion, history across sessions and the
// search in it, in narrow and in wide terminals.
func TestReplEditing(t *testing.T) {
	t.Setenv("TERM", "xterm")
	for _, columns := range []int{80, 200} {
		c := openTerminal(t, columns, "")
		c.awaitLast("In[1]>")
		c.keys("10 + 3" + rubout + "2" + ctrlA + "5" + enter) // 510 + 2
		c.await("512")
		c.awaitLast("In[2]>")
		c.keys("local function twice(x)" + enter)
		c.keys("return 2 * x" + enter + "end" + enter)
		c.awaitLast("In[3]>")
		c.keys("twi" + tab)
		c.awaitScreen("a completed name", func(lines []string) bool {
			return strings.HasPrefix(strings.Join(lines, "\n")[strings.Index(strings.Join(lines, "\n"), "In[3]>"):], "In[3]> twice")
		})
		c.keys("(21)" + enter)
		c.await("42")
		long := strings.Repeat("1 + ", 40) + "2"
		c.keys(long + left + rubout + "3" + enter) // over several lines of 80 columns
		c.awaitPart("\n72\n")
		c.awaitLast("In[5]>")
		c.keys("gone")
		c.awaitLast("In[5]> gone")
		c.keys(ctrlC)
		c.awaitLast("In[5]>")
		c.keys("error('no luck')" + enter)
		c.await("In[5]:1: no luck")
		c.keys(up + up + ctrlE) // the input before the error
		c.awaitScreen("an earlier input", func(lines []string) bool {
			return strings.HasSuffix(lines[len(lines)-1], "+32") && strings.Contains(strings.Join(lines, "\n"), "In[6]> 1 + 1")
		})
		c.keys(ctrlC)
		c.awaitLast("In[6]>")
		c.keys(ctrlD)
		c.ends(0)
		info, err := os.Stat(filepath.Join(c.home, ".local/state/mpiclus-lua/history"))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the history: %v, %v", info.Mode(), err)
		}
		again := openTerminal(t, columns, c.home)
		again.awaitLast("In[1]>")
		again.keys(ctrlR + "510" + enter)
		again.awaitPart("510 + 2")
		again.keys(enter)
		again.await("512")
		again.keys("%quit" + enter)
		again.ends(0)
	}
}

// TestReplInterrupt: Ctrl-C stops Lua on the master, and what workers do: a loop, a
// receive, a barrier. The shell and its workers go on.
func TestReplInterrupt(t *testing.T) {
	t.Setenv("TERM", "xterm")
	c := openTerminal(t, 100, "", "-n", "2")
	c.awaitLast("In[1]>")
	c.keys("%all state = 'kept'" + enter)
	c.awaitLast("In[2]>")
	for i, code := range []string{
		"while true do end",
		"%all while true do end",
		"%all if mpi.Comm_rank() == 0 then mpi.Recv(array.zeros(1), 1, 0) end",
		"%all if mpi.Comm_rank() == 0 then mpi.cancellable(true) mpi.Barrier() end",
	} {
		c.keys("print(" + strconv.Itoa(i) + ")" + enter)
		c.await(strconv.Itoa(i))
		c.awaitLast("In[" + strconv.Itoa(3+2*i) + "]>")
		c.keys(code + enter)
		time.Sleep(500 * time.Millisecond)
		c.keys(ctrlC)
		c.awaitPart("interrupted")
		c.keys("\x0c") // a clear screen
		c.awaitLast("In[" + strconv.Itoa(4+2*i) + "]>")
	}
	c.keys("%get state" + enter)
	c.await(`ranks 0-1: "kept"`)
	c.keys(ctrlD)
	c.ends(0)
}

// TestReplLoss: the death of a worker is told while a line is edited, which goes on;
// %restart begins a fresh job with what was defined. Output of workers comes above the
// line, too.
func TestReplLoss(t *testing.T) {
	t.Setenv("TERM", "xterm")
	c := openTerminal(t, 160, "", "-n", "2")
	c.awaitLast("In[1]>")
	c.keys("x = 7" + enter + "%set x" + enter)
	c.awaitLast("In[3]>")
	c.keys("f = cluster.spawnat(3, function() cluster.sleep(0.7) print('a word') os.exit(3) end)" + enter)
	c.awaitLast("In[4]>")
	c.keys("x +")
	c.awaitLast("In[4]> x +")
	c.await("[1] a word")
	c.awaitPart("(manager:restart() starts a fresh job)")
	c.awaitLast("In[4]> x +")
	c.keys(" 1" + enter)
	c.await("8")
	c.keys("%all x" + enter)
	c.awaitPart("manager:restart() starts a fresh one")
	c.keys("%restart" + enter)
	c.await("a fresh job runs: pids 4-5")
	c.keys("%all x" + enter)
	c.await("ranks 0-1: 7")
	c.keys(ctrlD)
	c.ends(0)
}

// typed is how the inputs of a recorded session are marked: after the prompt, and what
// the editor puts before further lines.
var typed = regexp.MustCompile(`^(In\[\d+\]> ?|│ {6}|└ {0,6})(.*)$`)

// TestReplDocs: the session of docs/shell.md is what the terminal shows.
func TestReplDocs(t *testing.T) {
	t.Setenv("TERM", "xterm")
	page, err := os.ReadFile("../docs/shell.md")
	if err != nil {
		t.Fatal(err)
	}
	_, rest, _ := strings.Cut(string(page), "```console\n$ mpiclus-lua repl -n 4\n")
	session, _, found := strings.Cut(rest, "\n```")
	if !found {
		t.Fatal("there is no session in docs/shell.md")
	}
	t.Chdir(t.TempDir())
	c := openTerminal(t, 110, "", "-n", "4")
	for _, line := range strings.Split(session, "\n") {
		m := typed.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		if strings.HasPrefix(m[1], "In") {
			c.awaitLast(strings.TrimSpace(m[1]))
		}
		c.keys(m[2] + enter)
	}
	c.ends(0)
	got := waiting.ReplaceAllString(strings.Join(c.lines()[1:], "\n")+"\n", "")
	if strings.TrimSpace(got) != strings.TrimSpace(session) {
		t.Errorf("the terminal shows\n%s", got)
	}
	if out, err := exec.Command(command, "run", "-n", "4", "session.lua").CombinedOutput(); err != nil {
		t.Errorf("the session that was saved: %v\n%s", err, out)
	}
}

// TestReplWindow: a window that changes its size shows the input anew, and values in
// its width.
func TestReplWindow(t *testing.T) {
	t.Setenv("TERM", "xterm")
	c := openTerminal(t, 80, "")
	c.awaitLast("In[1]>")
	c.keys("local t = {} for i = 1, 30 do t[i] = i * 100 end")
	c.resize(120)
	c.keys(enter)
	c.awaitLast("In[2]>")
	c.keys("t" + enter)
	c.awaitPart("1900, 2000, 2100,\n")
	c.keys(ctrlD)
	c.ends(0)
}

// TestReplDumb: a terminal that cannot be edited on gets prompts and no control
// sequences.
func TestReplDumb(t *testing.T) {
	t.Setenv("TERM", "dumb")
	c := openTerminal(t, 80, "")
	c.awaitLast("In[1]>")
	c.keys("for i = 1, 2 do\n")
	c.awaitLast("......")
	c.keys("end\n")
	c.awaitLast("In[2]>")
	c.keys("1 + 1\n")
	c.await("2")
	c.awaitLast("In[3]>")
	c.keys(ctrlD)
	c.ends(0)
	if all := c.all.String(); strings.Contains(all, "\x1b") {
		t.Errorf("control sequences: %q", all)
	}
}
