package tests

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"

	"github.com/mpiclus/mpiclus-lua/tests/mpitest"
)

// terminal is a program in a terminal of its own, with what its screen shows.
type terminal struct {
	t      *testing.T
	cmd    *exec.Cmd
	file   *os.File
	home   string
	done   chan struct{} // closed when the program is over
	mu     sync.Mutex
	screen vt10x.Terminal
	all    strings.Builder // what it wrote, with control sequences
}

// screenRows is how many lines a screen has: all that a test shows.
const screenRows = 100

// openTerminal starts the shell in a terminal of so many columns, with a home that may
// be that of an earlier one. It is over at the end of the test.
func openTerminal(t *testing.T, columns int, home string, args ...string) *terminal {
	t.Helper()
	mpitest.Need(t)
	if err := inputs(); err != nil {
		t.Fatal(err)
	}
	if home == "" {
		home = t.TempDir()
	}
	c := &terminal{
		t: t, home: home, done: make(chan struct{}), screen: vt10x.New(vt10x.WithSize(columns, screenRows)),
		cmd: exec.Command(command, append([]string{"repl"}, args...)...),
	}
	c.cmd.Env = append(os.Environ(), "HOME="+home, "XDG_STATE_HOME=", "INPUTRC=/dev/null", "NO_COLOR=")
	file, err := pty.StartWithSize(c.cmd, &pty.Winsize{Rows: screenRows, Cols: uint16(columns)})
	if err != nil {
		t.Fatal(err)
	}
	c.file = file
	go c.read()
	t.Cleanup(func() {
		_ = c.cmd.Process.Signal(syscall.SIGTERM)
		select {
		case <-c.done:
		case <-time.After(20 * time.Second):
			t.Error("the shell does not end")
			_ = c.cmd.Process.Kill()
			<-c.done
		}
	})
	return c
}

func (c *terminal) read() {
	buf := make([]byte, 4096)
	for {
		n, err := c.file.Read(buf)
		c.mu.Lock()
		_, _ = c.screen.Write(buf[:n])
		c.all.Write(buf[:n])
		c.mu.Unlock()
		if err != nil {
			break
		}
	}
	_ = c.cmd.Wait()
	close(c.done)
}

// resize gives the window other columns.
func (c *terminal) resize(columns int) {
	c.t.Helper()
	c.mu.Lock()
	c.screen.Resize(columns, screenRows)
	c.mu.Unlock()
	if err := pty.Setsize(c.file, &pty.Winsize{Rows: screenRows, Cols: uint16(columns)}); err != nil {
		c.t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
}

// keys types.
func (c *terminal) keys(text string) {
	c.t.Helper()
	if _, err := c.file.WriteString(text); err != nil && !errors.Is(err, os.ErrClosed) {
		c.t.Fatal(err)
	}
}

// lines are what the screen shows, without empty lines at the end.
func (c *terminal) lines() []string {
	c.mu.Lock()
	defer c.mu.Unlock()
	var lines []string
	for _, line := range strings.Split(strings.TrimRight(c.screen.String(), " \n"), "\n") {
		lines = append(lines, strings.TrimRight(line, " "))
	}
	return lines
}

// awaitScreen waits until the screen is as wanted, and describes it if that takes too
// long.
func (c *terminal) awaitScreen(what string, wanted func(lines []string) bool) {
	c.t.Helper()
	limit := time.Now().Add(20 * time.Second * mpitest.Slowness())
	for !wanted(c.lines()) {
		if time.Now().After(limit) {
			c.t.Fatalf("the screen does not show %s, but\n%s", what, strings.Join(c.lines(), "\n"))
		}
		time.Sleep(10 * time.Millisecond)
	}
}

// await waits for a line of the screen that is a text.
func (c *terminal) await(text string) {
	c.t.Helper()
	c.awaitScreen("the line "+text, func(lines []string) bool {
		for _, line := range lines {
			if line == text {
				return true
			}
		}
		return false
	})
}

// awaitPart waits for a line of the screen that holds a text.
func (c *terminal) awaitPart(text string) {
	c.t.Helper()
	c.awaitScreen(text, func(lines []string) bool { return strings.Contains(strings.Join(lines, "\n"), text) })
}

// awaitLast waits until the last line is a text: what is being edited.
func (c *terminal) awaitLast(text string) {
	c.t.Helper()
	c.awaitScreen("as its last line "+text, func(lines []string) bool { return lines[len(lines)-1] == text })
}

// ends waits for the end of the program, and compares its status.
func (c *terminal) ends(status int) {
	c.t.Helper()
	select {
	case <-c.done:
		if got := c.cmd.ProcessState.ExitCode(); got != status {
			c.t.Errorf("status %d, want %d:\n%s", got, status, strings.Join(c.lines(), "\n"))
		}
	case <-time.After(20 * time.Second):
		c.t.Fatalf("it does not end:\n%s", strings.Join(c.lines(), "\n"))
	}
}
